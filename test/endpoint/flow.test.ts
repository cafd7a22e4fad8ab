import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, publish, WirehallError, websocket } from "wirehall";
import { testServer } from "wirehall/testing";

const log = () => {};

/** A server whose handler does nothing, and its connection. */
async function open(options: Parameters<typeof websocket>[1] = {}, drain?: () => void) {
  let connection: Connection | undefined;
  const server = testServer({
    fetch: websocket(
      {
        open: (opened) => {
          connection = opened;
        },
        drain,
      },
      { log, ...options },
    ),
  });
  const client = await server.connect("/");
  return { client, connection: connection as Connection };
}

test("send returns false above highWaterMarkBytes, and drain comes once when it is below again", async () => {
  let drains = 0;
  const { client, connection } = await open({ highWaterMarkBytes: 10 }, () => drains++);
  client.stopReading();
  assert.equal(connection.send("12345"), true);
  assert.equal(connection.send("1234567"), false);
  assert.equal(connection.bufferedAmount, 12);
  const drained = connection.drained();
  assert.equal(drains, 0);
  client.startReading();
  await drained;
  assert.equal(drains, 1);
  assert.equal(connection.bufferedAmount, 0);
});

test("drained resolves at once when nothing waits, and rejects when the connection goes", async () => {
  const { client, connection } = await open({ highWaterMarkBytes: 1 });
  await connection.drained();
  client.stopReading();
  connection.send("many bytes");
  const drained = connection.drained();
  client.vanish();
  await assert.rejects(drained, { code: "CONNECTION_CLOSED" });
  await assert.rejects(connection.drained(), { code: "CONNECTION_CLOSED" });
});

test("a slow consumer is closed with 1013 above maxBufferedBytes", async () => {
  const { client, connection } = await open({ highWaterMarkBytes: 10, maxBufferedBytes: 100 });
  client.stopReading();
  while (connection.send("x".repeat(30)) || connection.bufferedAmount <= 100);
  assert.deepEqual(await client.closed, { code: 1013, reason: "", wasClean: true });
});

test("the signal aborts when the peer is gone, also while a handler runs", async () => {
  const aborted = Promise.withResolvers<void>();
  const server = testServer({
    fetch: websocket({
      message: (connection) =>
        new Promise<void>((resolve) => {
          connection.signal.addEventListener("abort", () => {
            aborted.resolve();
            resolve();
          });
        }),
    }),
  });
  const client = await server.connect("/");
  client.send("run");
  client.vanish();
  await aborted.promise;
});

test("what a caller does wrong throws, and the connection stays open", async () => {
  const { client, connection } = await open();
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5]) {
    assert.throws(() => connection.close(code), { code: "INVALID_CLOSE" });
  }
  assert.throws(() => connection.close(1000, "é".repeat(62)), { code: "INVALID_CLOSE" });
  assert.throws(() => connection.send(7 as unknown as string), { code: "INVALID_ARGUMENT" });
  assert.throws(() => connection.send(new ArrayBuffer(1) as unknown as string), WirehallError);
  assert.throws(() => connection.ping("x".repeat(126)), { code: "INVALID_ARGUMENT" });
  connection.ping("still here");
  assert.equal(new TextDecoder().decode(client.pings[0]), "still here");
});

test("publish reaches each subscriber but except, as a snapshot, until it unsubscribes or goes", async () => {
  const topic = "flow.test/news";
  const [first, second, third] = await Promise.all([open(), open(), open()]);
  for (const { connection } of [first, second, third]) connection.subscribe(topic);
  const data = new Uint8Array([1, 2, 3]);
  assert.equal(publish(topic, data, { except: first.connection }), 2);
  data.fill(9);
  assert.deepEqual(await second.client.message(), new Uint8Array([1, 2, 3]));
  assert.deepEqual(await third.client.message(), new Uint8Array([1, 2, 3]));
  second.connection.unsubscribe(topic);
  third.client.vanish();
  assert.equal(publish(topic, "again"), 1);
  assert.equal(await first.client.message(), "again");
  first.client.close();
  assert.equal(publish(topic, "nobody"), 0);
});

test("an option that is none, or out of range, throws and says what it may be", () => {
  assert.throws(() => websocket({}, { maxMesageBytes: 1 } as object), /unknown option "maxMesageBytes"/);
  assert.throws(() => websocket({}, { maxMessageBytes: -1 }), { code: "INVALID_OPTION" });
  assert.throws(() => websocket({}, { closeTimeoutMs: Number.NaN }), { code: "INVALID_OPTION" });
  assert.throws(() => websocket({}, { origins: ["example.com"] }), /write scheme and host/);
  for (const options of [
    { origins: "https://a.example" },
    { subprotocols: "chat" },
    { subprotocols: ["a b"] },
    { subprotocols: ["a", "a"] },
    { log: "console" },
    { clock: {} },
    null,
  ]) {
    assert.throws(() => websocket({}, options as object), { code: "INVALID_OPTION" });
  }
});

test("what is no handler throws, and so does a hook that is none", () => {
  for (const handler of [undefined, null, () => {}, { onMessage() {} }, { message: "echo" }]) {
    assert.throws(() => websocket(handler as object), {
      code: "INVALID_OPTION",
      message: /upgrade, open, message/,
    });
  }
});
