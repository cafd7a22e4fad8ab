import assert from "node:assert/strict";
import { readAnswer } from "../../support/raw-http.ts";
import { RawSocket } from "../../support/raw-socket.ts";
import type { Target } from "../../support/target.ts";
import type { Case, Group } from "../case.ts";

/** Each has a fixture of its own, which it ends. */
function ending(name: string, run: (target: Target) => Promise<void>): Case {
  return { name, needs: "shutdown", ends: true, run, otherwise: refuses };
}

async function refuses(target: Target): Promise<void> {
  const answer = await target.http("/shutdown");
  assert.equal(answer.body.toString(), "error:CAPABILITY");
}

async function shutDown(target: Target, query: string): Promise<void> {
  const answer = await target.http(`/shutdown?${query}`);
  assert.equal(answer.body.toString(), "it begins");
}

/** Until the server has ended, which waits for peers to end their side of TCP. */
async function untilRefused(target: Target): Promise<void> {
  target.cleanUp();
  for (;;) {
    const error = await RawSocket.open(target.port).then(
      (socket) => socket.destroy(),
      (error: NodeJS.ErrnoException) => error,
    );
    // What is accepted just then is reset.
    if (error?.code === "ECONNREFUSED") return;
  }
}

export const shutdown: Group = {
  title: "shutdown",
  cases: [
    ending(
      "shutdown: every client is closed with 1012 and told when to come back, then nobody listens",
      async (target) => {
        const count = 20;
        const clients = await Promise.all(Array.from({ length: count }, () => target.open("/echo")));
        await shutDown(target, "overMs=400");
        const ends = await Promise.all(clients.map((client) => client.endedByServer()));
        assert.ok(
          ends.every(({ code, tcp }) => code === 1012 && tcp === "fin"),
          JSON.stringify(ends[0]),
        );
        // The first is closed at once and back 400 ms later; the others return over a second after that.
        const expected = Array.from({ length: count }, (_, i) => `retry=${400 - 20 * i + 50 * i}`);
        assert.deepEqual(ends.map(({ reason }) => reason).sort(), expected.sort());
        await untilRefused(target);
      },
    ),
    ending(
      "shutdown: new connections are refused with 503 and Retry-After while others are being closed",
      async (target) => {
        const clients = [await target.open("/echo"), await target.open("/echo")];
        await shutDown(target, "overMs=2000");
        assert.equal((await clients[0].endedByServer()).code, 1012);
        const answer = await target.refused("/echo");
        assert.equal(answer.status, 503);
        assert.match(answer.header("retry-after") ?? "", /^\d+$/);
        clients[1].text("still served");
        assert.equal(await clients[1].message(), "still served");
        assert.equal((await clients[1].endedByServer()).code, 1012);
      },
    ),
    ending("shutdown: a request that is under way is finished", async (target) => {
      const key = target.newKey();
      const client = await target.open("/echo");
      const request = await RawSocket.open(target.port);
      request.write(`GET /late-answer?key=${key} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
      await target.notes(key, 1, "asked");
      await shutDown(target, "");
      assert.equal((await client.endedByServer()).code, 1012);
      const answer = await readAnswer(request);
      assert.deepEqual([answer.status, answer.body.toString()], [200, "the whole answer"]);
      request.destroy();
      await untilRefused(target);
    }),
    ending(
      "shutdown: a peer that answers nothing, a handler and an upgrade that never end are cut off",
      async (target) => {
        const silent = await target.open("/echo");
        const key = target.newKey();
        const endless = await target.open(`/signal?key=${key}`);
        endless.text("wait for my end");
        await target.notes(key, 1, "waiting");
        const stuck = await target.connect();
        stuck.writeUpgrade({ path: `/stuck-upgrade?key=${key}` }, target.port);
        await target.notes(key, 1, "stuck");
        await shutDown(target, "withinMs=500");
        assert.equal((await silent.frame()).payload.readUInt16BE(), 1012);
        assert.equal((await endless.frame()).payload.readUInt16BE(), 1012);
        await untilRefused(target);
      },
    ),
  ],
};
