import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createServer, type ProxyOptions, type ViteDevServer } from "vite";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { nameOf, targets } from "../support/targets.ts";
import { call } from "./caller.ts";

/** How Vite's dev server carries WebSockets on to an app; by the name of the path under which it does. */
const setups: Readonly<Record<string, ProxyOptions>> = {
  // Host goes through as the browser sent it.
  default: {},
  "changes-origin": { changeOrigin: true },
  "tells-more": { changeOrigin: true, xfwd: true },
  "rewrites-origin": { changeOrigin: true, rewriteWsOrigin: true },
};

const fixtures: FixtureProcess[] = [];
let vite: ViteDevServer;
let root: string;
let port: number;

before(async () => {
  for (const { runtime, transport } of targets) fixtures.push(await startFixture(runtime, transport));
  root = mkdtempSync(join(tmpdir(), "wirehall-vite-"));
  writeFileSync(join(root, "index.html"), "<!doctype html><title>an app under way</title>");
  vite = await createServer({
    root,
    configFile: false,
    cacheDir: join(root, "cache"),
    logLevel: "silent",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null, proxy: proxied() },
  });
  await vite.listen();
  ({ port } = vite.httpServer!.address() as AddressInfo);
});
after(async () => {
  await vite?.close();
  for (const fixture of fixtures) await fixture.stop();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
});

function proxied(): Record<string, ProxyOptions> {
  const entries = Object.entries(setups).flatMap(([name, setup]) =>
    fixtures.map((fixture, index): [string, ProxyOptions] => [
      `/${name}/${index}/`,
      {
        target: `http://127.0.0.1:${fixture.port}`,
        ws: true,
        rewrite: (path) => path.replace(/^\/[^/]+\/\d+/, ""),
        ...setup,
      },
    ]),
  );
  return Object.fromEntries(entries);
}

test("the dev server itself works", async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  assert.match(await answer.text(), /an app under way/);
});

for (const [index, target] of targets.entries()) {
  const url = (setup: string, path: string) => `ws://127.0.0.1:${port}/${setup}/${index}${path}`;
  const page = () => ({ host: `localhost:${port}`, origin: `http://localhost:${port}` });
  const stranger = () => ({ host: `localhost:${port}`, origin: "https://evil.example" });

  describe(`behind Vite's dev server, on ${nameOf(target)}`, () => {
    test("as it is by default a page is let in, and a stranger's is not", async () => {
      assert.deepEqual(await call(url("default", "/origin/default"), page()), { status: 101, text: "echo" });
      assert.equal((await call(url("default", "/origin/default"), stranger())).status, 403);
    });

    test("with changeOrigin a page is refused, and the log says why and what to do", async () => {
      assert.equal((await call(url("changes-origin", "/origin/default"), page())).status, 403);
      const reason = `origin "http://localhost:${port}" is not of the host "127.0.0.1:${fixtures[index].port}"`;
      assert.match(
        await fixtures[index].log(reason),
        /behind a proxy that changes Host, let it pass Host on/,
      );
    });

    test("xfwd does not tell the host, and rewriteWsOrigin lets in a stranger's page, so that neither helps", async () => {
      assert.equal((await call(url("tells-more", "/origin/proxied"), page())).status, 403);
      assert.equal((await call(url("rewrites-origin", "/origin/default"), stranger())).status, 101);
    });

    test("with changeOrigin a page is let in whose origin is listed", async () => {
      const listed = { host: "other.example:8080", origin: "http://other.example:8080" };
      assert.deepEqual(await call(url("changes-origin", "/origin/listed"), listed), {
        status: 101,
        text: "echo",
      });
    });
  });
}
