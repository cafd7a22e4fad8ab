import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { echoOf, open, run } from "./program.ts";

for (const { runtime, command } of [node, deno, bun]) {
  test(`a server of one's own on ${runtime} keeps plain HTTP, and gains endpoints and rooms`, async () => {
    const program = await run(command(fileURLToPath(new URL(`./attached-${runtime}.ts`, import.meta.url))));
    try {
      assert.equal(await (await fetch(program.url)).text(), "plain");
      for (const path of ["/echo", "/room"]) {
        const client = await open(`${program.url}${path}`);
        assert.equal(await echoOf(client, path), path);
        client.terminate();
        assert.equal((await fetch(`${program.url}${path}`)).status, 426);
      }
    } finally {
      await program.stop();
    }
  });
}
