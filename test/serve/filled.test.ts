import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { echoOf, open, run } from "./program.ts";

const app = fileURLToPath(new URL("./filled.ts", import.meta.url));

for (const { runtime, transports, command } of [node, deno, bun]) {
  for (const transport of transports) {
    test(`${runtime}/${transport}: above maxTotalBufferedBytes the connection with the most is closed with 1013`, async () => {
      const program = await run(command(app), { TRANSPORT: transport });
      const clients = await Promise.all(Array.from({ length: 3 }, () => open(program.url)));
      try {
        const [most, less, reader] = clients;
        for (const client of [most, less]) client.pause();
        less.send("10");
        // Of which some is in the system's own buffers.
        most.send("50");
        assert.equal(await program.line(), "CLOSED 1013");
        assert.equal(await echoOf(reader, "still here"), "still here");
        const heard = new Promise<void>((resolve) => {
          less.on("message", (data, isBinary) => {
            if (!isBinary && String(data) === "this one too") resolve();
          });
        });
        less.resume();
        less.send("this one too");
        await heard;
      } finally {
        for (const client of clients) client.terminate();
        await program.stop();
      }
    });
  }
}
