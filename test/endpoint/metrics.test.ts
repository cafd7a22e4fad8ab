import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, type Gauges, type Metrics, publish, websocket } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";

/** A sink that keeps each call as a line. */
function recorder() {
  const calls: string[] = [];
  let gauges: Gauges | undefined;
  const metrics: Metrics = {
    connectionOpened: () => void calls.push("opened"),
    connectionClosed: (code, wasClean) => void calls.push(`closed ${code} ${wasClean}`),
    messageReceived: (bytes) => void calls.push(`received ${bytes}`),
    messageSent: (bytes) => void calls.push(`sent ${bytes}`),
    refused: (reason) => void calls.push(`refused ${reason}`),
    hookSettled: (hook, ms) => void calls.push(`${hook} ${ms}`),
    observe: (server) => {
      gauges = server;
    },
  };
  return { calls, metrics, gauges: () => gauges as Gauges };
}

test("a sink hears of a connection's life, its messages in bytes and the time of its hooks", async () => {
  const clock = manualClock();
  const { calls, metrics } = recorder();
  const gate = Promise.withResolvers<void>();
  const server = testServer({
    metrics,
    fetch: websocket(
      {
        upgrade: () => clock.advance(1),
        open: () => clock.advance(2),
        async message(connection, data) {
          connection.send(data);
          await gate.promise;
          clock.advance(4);
        },
        close: () => clock.advance(8),
      },
      { clock },
    ),
  });
  const client = await server.connect("/");
  client.send("é😀\ud800");
  client.send(new Uint8Array(5));
  gate.resolve();
  await client.message();
  await client.message();
  client.close(4000);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(calls, [
    "upgrade 1",
    "opened",
    "open 2",
    "received 9",
    "sent 9",
    "received 5",
    "message 4",
    "sent 5",
    "closed 4000 true",
    "message 4",
    "close 8",
  ]);
});

test("hooks that a handler lacks are not timed, one that throws is", async () => {
  const { calls, metrics } = recorder();
  const clock = manualClock();
  const server = testServer({
    metrics,
    fetch: websocket(
      {
        message() {
          throw new Error("no");
        },
        error() {},
      },
      { clock },
    ),
  });
  const client = await server.connect("/");
  client.send("x");
  await client.closed;
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(calls, ["opened", "received 1", "message 0", "closed 1011 true"]);
});

test("what a topic sends is counted for each connection, in bytes", async () => {
  const { calls, metrics } = recorder();
  const server = testServer({
    metrics,
    fetch: websocket({ open: (connection) => connection.subscribe("metrics.test") }),
  });
  const clients = [await server.connect("/"), await server.connect("/")];
  publish("metrics.test", "€");
  publish("metrics.test", new Uint8Array(7));
  for (const client of clients) await client.message();
  assert.deepEqual(
    calls.filter((call) => call.startsWith("sent")),
    ["sent 3", "sent 3", "sent 7", "sent 7"],
  );
});

test("connections, handshakes and buffered bytes can be asked for at any time", async () => {
  const { metrics, gauges } = recorder();
  const gate = Promise.withResolvers<void>();
  let connection: Connection | undefined;
  const server = testServer({
    metrics,
    fetch: websocket({
      upgrade: () => gate.promise,
      open: (opened) => {
        connection = opened;
      },
    }),
  });
  const now = () => [gauges().connections, gauges().handshakes, gauges().bufferedBytes];
  assert.deepEqual(now(), [0, 0, 0]);
  const connecting = server.connect("/");
  assert.deepEqual(now(), [0, 1, 0]);
  gate.resolve();
  const client = await connecting;
  client.stopReading();
  connection?.send("12345");
  assert.deepEqual(now(), [1, 0, 5]);
  client.vanish();
  assert.deepEqual(now(), [0, 0, 0]);
});

test("a slow consumer that is cut off is counted by its reason, and its close by its code", async () => {
  const { calls, metrics } = recorder();
  const server = testServer({
    metrics,
    fetch: websocket(
      { message: (connection) => connection.send("x".repeat(100)) },
      { highWaterMarkBytes: 10, maxBufferedBytes: 50, log() {} },
    ),
  });
  const client = await server.connect("/");
  client.stopReading();
  // One message may wait alone, however long it is.
  client.send("go");
  client.send("go");
  await client.closed;
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(
    calls.filter((call) => /refused|closed/.test(call)),
    ["refused slow-consumer", "closed 1013 true"],
  );
});

test("a sink may leave out what it has no use for", async () => {
  const server = testServer({
    metrics: {},
    fetch: websocket({ message: (connection, data) => connection.send(data) }),
  });
  const client = await server.connect("/");
  client.send("x");
  assert.equal(await client.message(), "x");
});
