import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { call } from "./caller.ts";
import { freePort, untilOpen } from "./proxy.ts";

const wrangler = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));
const worker = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** Without a network, a terminal or anything that is left behind. */
const offline: Readonly<Record<string, string>> = {
  CI: "1",
  NO_COLOR: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

for (const [name, more] of Object.entries({
  "as it is by default": [],
  "as the host that a route names": ["--host", "app.example"],
})) {
  describe(`wrangler dev, ${name}`, () => {
    let folder: string;
    let child: ChildProcess;
    let port: number;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "wirehall-wrangler-"));
      const config = join(folder, "wrangler.toml");
      writeFileSync(config, `name = "proxied"\nmain = "${worker}"\ncompatibility_date = "2026-07-30"\n`);
      port = await freePort();
      const where = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
      const what = ["--local", "--log-level", "warn", "--show-interactive-dev-session=false"];
      child = spawn(process.execPath, [wrangler, "dev", "--config", config, ...where, ...what, ...more], {
        cwd: folder,
        env: { ...process.env, ...offline, WRANGLER_LOG_PATH: folder, WRANGLER_REGISTRY_PATH: folder },
        stdio: ["ignore", "pipe", "pipe"],
      });
      await untilOpen(port, child);
    });
    after(async () => {
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill("SIGTERM");
        await exited;
      }
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    for (const host of ["127.0.0.1", "localhost"]) {
      test(`a page on ${host} is let in, and a stranger's is not`, async () => {
        const url = `ws://127.0.0.1:${port}/`;
        const own = { host: `${host}:${port}`, origin: `http://${host}:${port}` };
        assert.deepEqual(await call(url, own), { status: 101, text: "echo" });
        const { status } = await call(url, { ...own, origin: "https://evil.example" });
        assert.equal(status, 403);
      });
    }

    test("a native client, which has no origin, is let in", async () => {
      assert.deepEqual(await call(`ws://127.0.0.1:${port}/`), { status: 101, text: "echo" });
    });
  });
}
