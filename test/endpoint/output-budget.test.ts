import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, type SlowConsumer, websocket } from "wirehall";
import { manualClock, type TestClient, testServer } from "wirehall/testing";

const MIB = 1024 * 1024;
const chunk = new Uint8Array(64 * 1024);
const log = () => {};

/** A server that may keep so much, and as many connections as asked for, by policy. */
function serve(maxTotalBufferedBytes: number) {
  const clock = manualClock();
  const opened: Connection[] = [];
  const ends = new Map<Connection, number>();
  const handler = {
    open: (connection: Connection) => void opened.push(connection),
    close: (connection: Connection, { code }: { code: number }) => void ends.set(connection, code),
  };
  const endpoints = Object.fromEntries(
    ["close", "drop", "latest"].map((policy) => [
      policy,
      websocket(handler, { log, clock, pingIntervalMs: 0, slowConsumer: policy as SlowConsumer }),
    ]),
  );
  const server = testServer({
    fetch: (request) => endpoints[new URL(request.url).pathname.slice(1)](request),
    clock,
    log,
    limits: { maxTotalBufferedBytes },
  });
  return {
    clock,
    ends,
    /** Connections whose peers neither read nor answer, one for each policy. */
    async connect(...policies: SlowConsumer[]) {
      const all: { client: TestClient; connection: Connection }[] = [];
      for (const policy of policies) {
        const client = await server.connect(`/${policy}`);
        client.stopReading();
        client.deafen();
        all.push({ client, connection: opened.at(-1) as Connection });
      }
      return all;
    },
  };
}

/** Sends so many chunks of 64 KiB. */
function fill({ connection }: { connection: Connection }, chunks: number): void {
  for (let count = 0; count < chunks; count++) connection.send(chunk);
}

test("above the limit over all, those with the most are closed with 1013, and the others stay", async () => {
  const { clock, connect, ends } = serve(8 * MIB);
  const all = await connect("close", "close", "close", "close");
  for (const [index, chunks] of [20, 60, 10, 38].entries()) fill(all[index], chunks);
  clock.advance(10);
  assert.deepEqual(ends, new Map());
  fill(all[2], 11);
  clock.advance(10);
  assert.equal((await all[1].client.closed).code, 1013);
  clock.advance(5_000);
  assert.deepEqual([...ends], [[all[1].connection, 1013]]);
});

test("nothing happens while what one tick sent to many leaves with its end", async () => {
  const { clock, connect, ends } = serve(MIB);
  const all = await connect(...Array.from({ length: 10 }, () => "close" as const));
  for (const one of all) fill(one, 16);
  for (const { client } of all) client.startReading();
  clock.advance(10_000);
  assert.deepEqual(ends, new Map());
});

test("those that are closing and do not read are dropped once a quarter more waits", async () => {
  const { clock, connect, ends } = serve(4 * MIB);
  const [first, second, third] = await connect("close", "close", "close");
  fill(first, 50);
  fill(second, 20);
  clock.advance(10);
  assert.deepEqual(ends, new Map(), "the first is closing");
  fill(third, 20);
  clock.advance(10);
  assert.deepEqual([...ends], [[first.connection, 1013]]);
});

test("connections that drop messages drop all while too much waits, and are not closed", async () => {
  const { clock, connect, ends } = serve(MIB);
  const all = await connect("drop", "drop", "latest");
  for (const [index, chunks] of [10, 5, 5].entries()) fill(all[index], chunks);
  clock.advance(10);
  for (const { connection } of all) connection.send("more", { key: "k" });
  assert.deepEqual(
    all.map(({ connection }) => connection.droppedMessages),
    [1, 1, 0],
  );
  assert.deepEqual(ends, new Map());
  all[0].client.startReading();
  for (const { connection } of all) connection.send("there is room again", { key: "k" });
  assert.deepEqual(
    all.map(({ connection }) => connection.droppedMessages),
    [1, 1, 0],
  );
});

test("what a connection held is free again when it is gone", async () => {
  const { clock, connect, ends } = serve(2 * MIB);
  for (let times = 0; times < 20; times++) {
    const [one] = await connect("close");
    fill(one, 20);
    clock.advance(10);
    one.client.vanish();
  }
  const [last] = await connect("close");
  fill(last, 20);
  clock.advance(10_000);
  assert.equal(ends.has(last.connection), false);
});

test("a limit that is none throws", () => {
  assert.throws(() => serve(-1), { code: "INVALID_OPTION", message: /maxTotalBufferedBytes is -1/ });
});
