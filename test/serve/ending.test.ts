import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { open, run } from "./program.ts";

const app = fileURLToPath(new URL("./app.ts", import.meta.url));

/** Asks for an upgrade by hand, and keeps its side of the stream open whatever comes. */
function askByHand(url: string, path: string, more = ""): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on("error", () => {});
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n${more}`,
  );
  return socket;
}

describe("shutdown ends", { concurrency: true }, () => {
  for (const { runtime, transports, command } of [node, deno, bun]) {
    for (const transport of transports) {
      test(`on ${runtime}/${transport}: an upgrade never settles, a refusal never ends, refused peers stay`, async () => {
        const program = await run(command(app), { TRANSPORT: transport });
        const peers: Socket[] = [];
        try {
          const stuck = askByHand(program.url, "/stuck");
          const endless = askByHand(program.url, "/endless");
          const refused = askByHand(program.url, "/no-such-route");
          peers.push(stuck, endless, refused);
          await Promise.all([once(endless, "data"), once(refused, "data")]);
          const client = await open(`${program.url}/echo`);
          const closed = once(client, "close");
          await fetch(`${program.url}/shutdown`);
          const [code] = await closed;
          assert.equal(code, 1012);
          for (const peer of peers) peer.resume();
          assert.equal(await program.line(), "GONE");
        } finally {
          for (const peer of peers) peer.destroy();
          await program.stop();
        }
      });
    }
  }
});

test("refused peers that send one byte more leave no socket behind", { timeout: 60_000 }, async () => {
  const program = await run(node.command(app), { TRANSPORT: "codec" });
  const headers = { connection: "close" };
  const sockets = async () => Number(await (await fetch(`${program.url}/sockets`, { headers })).text());
  try {
    const before = await sockets();
    for (let count = 0; count < 50; count++) {
      const peer = askByHand(program.url, "/no-such-route", "x");
      peer.resume();
      await once(peer, "end");
      peer.end();
      await once(peer, "close");
    }
    // Some sockets of the test's own requests may be closing yet; those of 50 peers are not among them.
    while ((await sockets()) > before + 10);
  } finally {
    await program.stop();
  }
});
