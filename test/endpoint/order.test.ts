import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, type Handler, type LogEntry, websocket } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";

const silent = () => {};

function serve<Data>(handler: Handler<Data>, options: Parameters<typeof websocket>[1] = {}) {
  return testServer({ fetch: websocket(handler, { log: silent, ...options }) });
}

test("a message that comes while open awaits is delivered after it", async () => {
  const gate = Promise.withResolvers<void>();
  const calls: string[] = [];
  const server = serve({
    async open() {
      calls.push("open");
      await gate.promise;
      calls.push("opened");
    },
    message(connection, data) {
      calls.push(String(data));
      connection.send(data);
    },
  });
  const client = await server.connect("/");
  client.send("1");
  client.send("2");
  assert.deepEqual(calls, ["open"]);
  gate.resolve();
  assert.equal(await client.message(), "1");
  assert.equal(await client.message(), "2");
  assert.deepEqual(calls, ["open", "opened", "1", "2"]);
});

test("an async message is awaited before the next, and close comes after the last", async () => {
  const running: string[] = [];
  const done = Promise.withResolvers<void>();
  let active = 0;
  const server = serve({
    async message(_connection, data) {
      assert.equal(++active, 1);
      await Promise.resolve();
      running.push(String(data));
      active--;
    },
    close(_connection, end) {
      running.push(`close ${end.code} ${end.reason} ${end.wasClean}`);
      done.resolve();
    },
  });
  const client = await server.connect("/");
  for (let index = 0; index < 5; index++) client.send(`${index}`);
  client.close(4000, "bye");
  await done.promise;
  assert.deepEqual(running, ["0", "1", "2", "3", "4", "close 4000 bye true"]);
});

test("reading pauses above the queue's bounds, and what was not read comes later, in order", async () => {
  const gate = Promise.withResolvers<void>();
  const seen: number[] = [];
  const all = Promise.withResolvers<void>();
  const server = serve(
    {
      async message(_connection, data) {
        await gate.promise;
        if (seen.push(Number(data)) === 1000) all.resolve();
      },
    },
    { maxQueuedMessages: 10 },
  );
  const client = await server.connect("/");
  for (let index = 0; index < 1000; index++) client.send(`${index}`);
  gate.resolve();
  await all.promise;
  assert.deepEqual(
    seen,
    Array.from({ length: 1000 }, (_, index) => index),
  );
});

test("nothing is delivered after the handler's own close, and close has its code and reason", async () => {
  const calls: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  const server = serve({
    message(connection, data) {
      calls.push(data);
      connection.close(4001, "enough");
      assert.equal(connection.send("too late"), false);
    },
    close(_connection, end) {
      calls.push(end);
      ended.resolve();
    },
  });
  const client = await server.connect("/");
  client.send("one");
  client.send("two");
  await ended.promise;
  assert.deepEqual(calls, ["one", { code: 4001, reason: "enough", wasClean: true }]);
  assert.deepEqual(await client.closed, { code: 4001, reason: "enough", wasClean: true });
});

for (const hook of ["open", "message", "drain"] as const) {
  for (const kind of ["throws", "rejects"] as const) {
    test(`${hook} that ${kind} closes with 1011 and an empty reason, reaches error, and close follows once`, async () => {
      const boom = new Error("boom");
      const calls: unknown[] = [];
      const ended = Promise.withResolvers<void>();
      const fail = () => {
        if (kind === "throws") throw boom;
        return Promise.reject(boom);
      };
      const server = serve(
        {
          open: hook === "open" ? fail : undefined,
          message: hook === "message" ? fail : (connection) => connection.send("above the mark"),
          drain: hook === "drain" ? fail : undefined,
          error: (_connection, error) => calls.push(error),
          close(_connection, end) {
            calls.push(end);
            ended.resolve();
          },
        },
        { highWaterMarkBytes: 5 },
      );
      const client = await server.connect("/");
      client.stopReading();
      client.send("go");
      client.startReading();
      const end = { code: 1011, reason: "", wasClean: true };
      assert.deepEqual(await client.closed, end);
      await ended.promise;
      assert.deepEqual(calls, [boom, end]);
    });
  }
}

test("a peer that does not answer the close frame is dropped after closeTimeoutMs", async () => {
  const clock = manualClock();
  const ends: unknown[] = [];
  let connection: Connection | undefined;
  const server = serve(
    {
      open: (opened) => {
        connection = opened;
      },
      close: (_connection, end) => ends.push(end),
    },
    { clock, closeTimeoutMs: 5_000 },
  );
  const client = await server.connect("/");
  client.deafen();
  connection?.close(4002, "hello?");
  await Promise.resolve();
  clock.advance(4_999);
  assert.deepEqual(ends, []);
  clock.advance(1);
  assert.deepEqual(ends, [{ code: 4002, reason: "hello?", wasClean: false }]);
});

test("an error hook that rejects, or throws, is logged and nothing else", async () => {
  for (const error of [() => Promise.reject(new Error("second")), () => raise("second")]) {
    const logged = Promise.withResolvers<LogEntry>();
    const server = serve({ message: () => raise("first"), error }, { log: logged.resolve });
    const client = await server.connect("/");
    client.send("go");
    assert.equal((await client.closed).code, 1011);
    assert.equal((await logged.promise).event, "error-threw");
  }
});

function raise(message: string): never {
  throw new Error(message);
}
