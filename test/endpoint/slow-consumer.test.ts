import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, type EndpointOptions, publish, websocket } from "wirehall";
import { type TestClient, testServer } from "wirehall/testing";

/** A connection whose handler does nothing, and what became of it. */
async function open(options: EndpointOptions = {}) {
  const logged: string[] = [];
  const events: string[] = [];
  let connection: Connection | undefined;
  const server = testServer({
    fetch: websocket(
      {
        open: (opened) => {
          connection = opened;
        },
        drain: () => void events.push("drain"),
        close: (_connection, { code }) => void events.push(`close ${code}`),
      },
      {
        log: ({ event, message }) => logged.push(`${event}: ${message}`),
        highWaterMarkBytes: 10,
        maxBufferedBytes: 100,
        ...options,
      },
    ),
  });
  const client = await server.connect("/");
  return { client, connection: connection as Connection, events, logged };
}

/** What the client gets when it reads again, up to a message that is sent then. */
async function readAll(client: TestClient, connection: Connection): Promise<(string | Uint8Array)[]> {
  client.startReading();
  connection.send("the last");
  const all: (string | Uint8Array)[] = [];
  for (;;) {
    const message = await client.message();
    if (message === "the last") return all;
    all.push(message);
  }
}

const x = (length: number) => "x".repeat(length);

test("close: 1013 above the mark, and the operator is told the mark and what waits", async () => {
  const { client, connection, events, logged } = await open();
  client.stopReading();
  assert.deepEqual(
    [x(40), x(40)].map((one) => connection.send(one)),
    [false, false],
  );
  assert.equal(connection.send(x(40)), false);
  assert.deepEqual(await client.closed, { code: 1013, reason: "", wasClean: true });
  await Promise.resolve();
  assert.deepEqual(events, ["close 1013"]);
  assert.match(logged[0], /^slow-consumer: 120 bytes wait, maxBufferedBytes is 100; .*1013$/);
});

test("a message of any size may wait alone, under every policy", async () => {
  for (const slowConsumer of ["close", "drop", "latest"] as const) {
    const { client, connection, events } = await open({ slowConsumer });
    client.stopReading();
    assert.equal(connection.send(x(1_000)), false);
    assert.deepEqual(await readAll(client, connection), [x(1_000)], slowConsumer);
    assert.deepEqual(events, ["drain"]);
  }
});

test("drop: what does not fit is dropped and counted, send returns false, and drain follows", async () => {
  const { client, connection, events } = await open({ slowConsumer: "drop" });
  client.stopReading();
  const sent = [x(40), x(50), x(20), x(5), x(20)].map((one) => connection.send(one));
  assert.deepEqual(sent, [false, false, false, false, false]);
  assert.equal(connection.bufferedAmount, 95);
  assert.equal(connection.droppedMessages, 2);
  assert.deepEqual(await readAll(client, connection), [x(40), x(50), x(5)]);
  assert.deepEqual(events, ["drain"]);
  assert.equal(connection.send("again"), true);
  assert.equal(connection.droppedMessages, 2);
});

test("drop: a text counts by its bytes", async () => {
  const { client, connection } = await open({ slowConsumer: "drop" });
  client.stopReading();
  connection.send(x(70));
  connection.send("é".repeat(16));
  assert.equal(connection.droppedMessages, 1);
  connection.send("é".repeat(15));
  assert.equal(connection.droppedMessages, 1);
});

test("latest: of what does not fit the newest of each key comes later, in the order of sending", async () => {
  const { client, connection, events } = await open({ slowConsumer: "latest" });
  client.stopReading();
  connection.send(x(90));
  for (let index = 0; index < 50; index++) {
    for (const key of ["a", "b"]) {
      assert.equal(connection.send(`${key} is at ${index}`.padEnd(20), { key }), false);
    }
  }
  assert.ok(connection.bufferedAmount < 200, `${connection.bufferedAmount} bytes`);
  assert.equal(connection.send("c is here".padEnd(20), { key: "c" }), false);
  assert.equal(connection.send("a moves on".padEnd(20), { key: "a" }), false);
  const all = await readAll(client, connection);
  assert.deepEqual(
    all.slice(1).map((one) => String(one).trim()),
    ["b is at 49", "c is here", "a moves on"],
  );
  assert.deepEqual(events, ["drain"]);
  assert.equal(connection.droppedMessages, 0);
});

test("latest: a newer message never leaves before an older one of its key", async () => {
  const { client, connection } = await open({ slowConsumer: "latest" });
  client.stopReading();
  connection.send(x(95));
  connection.send("first state", { key: "k" });
  // It would fit, where the first did not.
  connection.send("2", { key: "k" });
  assert.deepEqual((await readAll(client, connection)).slice(1), ["2"]);
});

test("latest: a message without a key does not overtake those that are kept", async () => {
  const { client, connection } = await open({ slowConsumer: "latest", maxBufferedBytes: 1_000 });
  client.stopReading();
  connection.send(x(990));
  connection.send("a state that is kept", { key: "k" });
  client.startReading();
  assert.equal(await client.message(), x(990));
  connection.send("an event");
  assert.deepEqual([await client.message(), await client.message()], ["a state that is kept", "an event"]);
});

test("latest: a message without a key that does not fit closes with 1013: it must not be lost silently", async () => {
  const { client, connection, logged } = await open({ slowConsumer: "latest" });
  client.stopReading();
  connection.send(x(90));
  connection.send(x(30), { key: "k" });
  assert.equal(connection.send(x(30)), false);
  assert.equal((await client.closed).code, 1013);
  assert.match(logged[0], /a message without a key can't be kept/);
});

test("latest: keys are bounded, and so are their bytes: above that 1013", async () => {
  const many = await open({ slowConsumer: "latest", maxBufferedBytes: 100_000 });
  many.client.stopReading();
  many.connection.send(x(100_000));
  for (let index = 0; index < 1_024; index++) many.connection.send("1", { key: `${index}` });
  assert.deepEqual(many.events, []);
  many.connection.send("1", { key: "one too many" });
  assert.equal((await many.client.closed).code, 1013);

  const large = await open({ slowConsumer: "latest" });
  large.client.stopReading();
  large.connection.send(x(100));
  large.connection.send(x(60), { key: "a" });
  large.connection.send(x(60), { key: "a" });
  assert.deepEqual(large.events, []);
  large.connection.send(x(60), { key: "b" });
  assert.equal((await large.client.closed).code, 1013);
});

test("latest: what is kept is a snapshot", async () => {
  const { client, connection } = await open({ slowConsumer: "latest" });
  client.stopReading();
  connection.send(x(100));
  const data = new Uint8Array([1, 2, 3]);
  connection.send(data, { key: "k" });
  data.fill(9);
  assert.deepEqual((await readAll(client, connection))[1], new Uint8Array([1, 2, 3]));
});

test("latest: publish has a key, and the same message goes to those who keep up", async () => {
  const topic = "slow-consumer.test/state";
  const [slow, fast] = await Promise.all([open({ slowConsumer: "latest" }), open()]);
  for (const { connection } of [slow, fast]) connection.subscribe(topic);
  slow.client.stopReading();
  slow.connection.send(x(100));
  for (let index = 0; index < 5; index++) publish(topic, `state ${index}`, { key: "k" });
  publish(topic, new Uint8Array([7]), { key: "bytes" });
  for (let index = 0; index < 5; index++) assert.equal(await fast.client.message(), `state ${index}`);
  assert.deepEqual(await readAll(slow.client, slow.connection), [x(100), "state 4", new Uint8Array([7])]);
});

test("a key changes nothing under the other policies, or while the peer keeps up", async () => {
  const { client, connection } = await open({ slowConsumer: "latest" });
  for (const text of ["1", "2"]) assert.equal(connection.send(text, { key: "k" }), true);
  assert.deepEqual([await client.message(), await client.message()], ["1", "2"]);
  const closing = await open();
  closing.client.stopReading();
  for (const text of [x(60), x(60)]) closing.connection.send(text, { key: "k" });
  assert.equal((await closing.client.closed).code, 1013);
});

test("drained waits for what is kept as well, and rejects when the connection goes", async () => {
  const { client, connection } = await open({ slowConsumer: "latest" });
  client.stopReading();
  connection.send(x(100));
  connection.send("kept", { key: "k" });
  const drained = connection.drained();
  client.startReading();
  await drained;
  assert.deepEqual([await client.message(), await client.message()], [x(100), "kept"]);
  client.stopReading();
  connection.send(x(100));
  const rejected = assert.rejects(connection.drained(), { code: "CONNECTION_CLOSED" });
  connection.close();
  await rejected;
});

test("a policy that is none throws", () => {
  assert.throws(() => websocket({}, { slowConsumer: "block" as "drop" }), {
    code: "INVALID_OPTION",
    message: /"close", "drop" or "latest"/,
  });
});
