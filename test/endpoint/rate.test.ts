import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogEntry, type MessageRate, type RefusalReason, websocket } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";

/** A peer of an endpoint with this rate, and a clock to move. */
async function open(messageRate: MessageRate, maxMessageBytes = 100) {
  const clock = manualClock();
  const entries: LogEntry[] = [];
  const refusals: RefusalReason[] = [];
  const server = testServer({
    fetch: websocket(
      { message: (connection, data) => connection.send(data) },
      { messageRate, maxMessageBytes, clock, log: (entry) => entries.push(entry) },
    ),
    metrics: { refused: (reason) => refusals.push(reason) },
  });
  const client = await server.connect("/");
  const send = async (...messages: readonly (string | Uint8Array)[]) => {
    for (const message of messages) {
      client.send(message);
      assert.deepEqual(await client.message(), message);
    }
  };
  return { server, client, clock, entries, refusals, send };
}

test("messages pass up to the burst, then as time brings new ones, and above that the close is 1008", async () => {
  const { client, clock, entries, refusals, send } = await open({ messagesPerSecond: 2, burstMessages: 3 });
  await send("1", "2", "3");
  clock.advance(1_000);
  await send("4", "5");
  clock.advance(400);
  client.send("too soon");
  assert.deepEqual(await client.closed, { code: 1008, reason: "too fast", wasClean: true });
  assert.deepEqual(refusals, ["message-rate"]);
  const [{ event, reason, address }] = entries;
  assert.deepEqual([event, reason, address], ["message-rate", "message-rate", "127.0.0.1"]);
});

test("a quiet time fills the bucket, and not more than that", async () => {
  const { client, clock, send } = await open({ messagesPerSecond: 1 });
  await send("1", "2");
  clock.advance(3_600_000);
  await send("3", "4");
  client.send("5");
  assert.equal((await client.closed).code, 1008);
});

test("bytes are those of UTF-8, and binary ones", async () => {
  const { client, clock, send } = await open({ bytesPerSecond: 10, burstBytes: 100 });
  await send("😀".repeat(10), new Uint8Array(50), "é".repeat(5));
  clock.advance(1_000);
  await send("0123456789");
  client.send("x");
  assert.equal((await client.closed).code, 1008);
});

test("messages and bytes are bounded together, each connection for itself", async () => {
  const { server, client, send } = await open({
    messagesPerSecond: 1,
    burstMessages: 100,
    bytesPerSecond: 1,
  });
  await send("x".repeat(100));
  const other = await server.connect("/");
  client.send("x");
  assert.equal((await client.closed).code, 1008);
  other.send("undisturbed");
  assert.equal(await other.message(), "undisturbed");
});

test("a rate that says nothing, or lets nothing through, throws", () => {
  const make = (messageRate: object) => websocket({}, { messageRate, maxMessageBytes: 100 });
  for (const messageRate of [
    {},
    { burstMessages: 5 },
    { messagesPerSecond: 0 },
    { messagesPerSecond: Number.POSITIVE_INFINITY },
    { bytesPerSecond: "9" },
    { messagesPerSecond: 1, burstMessages: 0.5 },
    { bytesPerSecond: 1, burstBytes: 99 },
    { perSecond: 1 },
    7,
  ]) {
    assert.throws(() => make(messageRate as object), { code: "INVALID_OPTION" }, JSON.stringify(messageRate));
  }
  assert.throws(
    () => make({ bytesPerSecond: 1, burstBytes: 99 }),
    /burstBytes is 99.*100 bytes.*could never come/s,
  );
});
