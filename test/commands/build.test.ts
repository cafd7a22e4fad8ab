import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Command, type Ended, root } from "./command.ts";

const app = `
import { websocket } from "wirehall";
import { serve } from "wirehall/serve";
import { Room } from "wirehall/testing";
export const { transport }: { transport: string } = serve({ fetch: websocket({}) });
`;

describe("the npm package that npm run build makes", () => {
  const npm = join(root, "npm");
  let consumer: string;
  let manifest: { exports: Record<string, unknown>; [field: string]: unknown };

  before(async () => {
    const { code, out, err } = await new Command(process.execPath, ["scripts/build.ts"]).ended;
    assert.equal(code, 0, out + err);
    manifest = JSON.parse(readFileSync(join(npm, "package.json"), "utf8"));
    consumer = mkdtempSync(join(tmpdir(), "wirehall-consumer-"));
    mkdirSync(join(consumer, "node_modules/@types"), { recursive: true });
    symlinkSync(npm, join(consumer, "node_modules/wirehall"));
    symlinkSync(join(root, "node_modules/@types/node"), join(consumer, "node_modules/@types/node"));
    writeFileSync(join(consumer, "package.json"), `{ "type": "module" }`);
  });
  after(() => rmSync(consumer, { recursive: true }));

  test("can be published, and asks for no development tools", () => {
    const left = ["private", "scripts", "devDependencies", "allowScripts"].filter(
      (field) => field in manifest,
    );
    assert.deepEqual(left, []);
  });

  for (const runtime of ["node", "deno", "bun"]) {
    test(`loads on ${runtime}, each entry by its name`, async () => {
      const entries = [
        "wirehall",
        "wirehall/serve",
        "wirehall/client",
        "wirehall/protocol",
        "wirehall/testing",
        `wirehall/${runtime}`,
      ];
      const source = entries.map((entry) => `console.log(Object.keys(await import("${entry}")).length > 0);`);
      writeFileSync(join(consumer, "load.mjs"), source.join("\n"));
      const { code, out, err } = await run(
        runtime,
        runtime === "deno" ? ["run", "--allow-all"] : [],
        "load.mjs",
      );
      assert.deepEqual([code, out], [0, "true\n".repeat(entries.length)], err);
    });
  }

  test("has types that a strict consumer's compiler reads", async () => {
    writeFileSync(join(consumer, "good.ts"), app.replace(/.*testing.*\n/, ""));
    writeFileSync(join(consumer, "bad.ts"), app);
    const strict = ["--noEmit", "--strict", "--module", "nodenext", "--types", "node"];
    const good = await run("tsc", strict, "good.ts");
    assert.deepEqual([good.code, good.out], [0, ""]);
    const bad = await run("tsc", strict, "bad.ts");
    assert.match(bad.out, /bad\.ts\(4,10\): error TS2305/);
  });

  test("brings the conformance tool and its example client, which need nothing but Node", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wirehall-packed-"));
    try {
      const packed = await new Command("npm", ["pack", "--silent", "--pack-destination", folder], {
        cwd: npm,
      }).ended;
      assert.equal(packed.code, 0, packed.err);
      const unpacked = await new Command("tar", ["xf", packed.out.trim()], { cwd: folder }).ended;
      assert.equal(unpacked.code, 0, unpacked.err);
      const tool = join(folder, "package", (manifest.bin as { wirehall: string }).wirehall);
      const listening = new Command(process.execPath, [
        tool,
        "conformance",
        "--listen",
        "0",
        "--only",
        "2.1",
      ]);
      const port = /:(\d+)\/count/.exec(await listening.line(/\/count/))?.[1];
      const client = join(folder, "package/tool/example-client.js");
      const echoed = await new Command(process.execPath, [client, `ws://127.0.0.1:${port}`]).ended;
      assert.deepEqual([echoed.code, echoed.err], [0, ""]);
      const { code, out } = await listening.ended;
      assert.equal(code, 0, out);
      assert.match(out, /10 cases in .*: nothing failed, nothing lenient/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  function run(program: string, args: readonly string[], file: string): Promise<Ended> {
    return new Command(join(root, "node_modules/.bin", program), [...args, file], { cwd: consumer }).ended;
  }
});
