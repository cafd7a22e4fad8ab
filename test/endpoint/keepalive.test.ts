import assert from "node:assert/strict";
import { test } from "node:test";
import { type Handler, websocket } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";

const log = () => {};

/** A connection, and the codes with which its handler's `close` was called. */
async function open(pingIntervalMs: number | undefined, handler: Handler = {}) {
  const clock = manualClock();
  const ends: number[] = [];
  const server = testServer({
    fetch: websocket(
      { ...handler, close: (_connection, { code }) => void ends.push(code) },
      { log, clock, pingIntervalMs, maxQueuedMessages: 1 },
    ),
  });
  const client = await server.connect("/");
  return { clock, client, ends };
}

test("a silent peer is pinged before the interval is over, and no earlier than at three quarters", async () => {
  for (const intervalMs of [50, 100, 1_000, 25_000, 3_600_000]) {
    const { clock, client } = await open(intervalMs);
    clock.advance(Math.floor(intervalMs * 0.75) - 10);
    assert.equal(client.pings.length, 0, `${intervalMs} ms: too early`);
    clock.advance(Math.ceil(intervalMs * 0.25) + 20);
    assert.equal(client.pings.length, 1, `${intervalMs} ms: too late`);
  }
});

test("the default interval is 25 s", async () => {
  const { clock, client } = await open(undefined);
  clock.advance(18_000);
  assert.equal(client.pings.length, 0);
  clock.advance(7_000);
  assert.equal(client.pings.length, 1);
});

test("a peer that answers pings stays connected, and is pinged on and on", async () => {
  const { clock, client, ends } = await open(1_000);
  clock.advance(60_000);
  assert.deepEqual(ends, []);
  assert.ok(client.pings.length >= 55 && client.pings.length <= 80, `${client.pings.length} pings`);
});

test("a peer that answers nothing is dropped a whole interval after the ping, and close sees 1006", async () => {
  const { clock, client, ends } = await open(1_000);
  client.deafen();
  while (client.pings.length === 0) clock.advance(10);
  clock.advance(990);
  assert.deepEqual(ends, []);
  clock.advance(260);
  assert.deepEqual(ends, [1006]);
  assert.equal((await client.closed).code, 1006);
  assert.equal(client.pings.length, 1);
});

test("whatever the peer sends is life: it is neither pinged nor dropped", async () => {
  const { clock, client, ends } = await open(1_000);
  client.deafen();
  for (let times = 0; times < 100; times++) {
    client.send("still here");
    clock.advance(500);
  }
  assert.deepEqual([ends, client.pings.length], [[], 0]);
});

test("a message after the ping is as good as a pong", async () => {
  const { clock, client, ends } = await open(1_000);
  client.deafen();
  for (let times = 1; times <= 10; times++) {
    while (client.pings.length < times) clock.advance(10);
    clock.advance(900);
    client.send("late, but here");
  }
  assert.deepEqual(ends, []);
});

test("0 turns it off", async () => {
  const { clock, client, ends } = await open(0);
  client.deafen();
  clock.advance(10_000_000);
  assert.deepEqual([ends, client.pings.length], [[], 0]);
});

test("while reading is paused the peer is neither pinged nor dropped, and has a whole interval afterwards", async () => {
  let finish = () => {};
  const { clock, client, ends } = await open(1_000, {
    message: () => new Promise<void>((resolve) => (finish = resolve)),
  });
  client.deafen();
  for (let index = 0; index < 5; index++) client.send(`${index}`);
  clock.advance(100_000);
  assert.deepEqual([ends, client.pings.length], [[], 0]);
  for (let index = 0; index < 5; index++) {
    finish();
    // The handler's promise has to settle, and the next message has to be told.
    await new Promise((resolve) => setImmediate(resolve));
  }
  clock.advance(740);
  assert.equal(client.pings.length, 0);
  while (client.pings.length === 0) clock.advance(10);
  clock.advance(990);
  assert.deepEqual(ends, []);
  clock.advance(260);
  assert.deepEqual(ends, [1006]);
});

test("pings to a thousand that fell silent together are spread", async () => {
  const clock = manualClock();
  const server = testServer({ fetch: websocket({}, { log, clock, pingIntervalMs: 8_000 }) });
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => server.connect("/")));
  const pinged = () => clients.filter(({ pings }) => pings.length > 0).length;
  const perTenth: number[] = [];
  clock.advance(7_000);
  for (let tenths = 0, before = pinged(); tenths < 10; tenths++) {
    clock.advance(100);
    perTenth.push(pinged() - before);
    before = pinged();
  }
  assert.equal(pinged(), 1_000);
  assert.ok(Math.max(...perTenth) < 250, `${perTenth}`);
});

test("a connection that is closing or gone is not looked at any more", async () => {
  const { clock, client, ends } = await open(1_000);
  client.close(1000);
  clock.advance(10_000);
  assert.deepEqual([ends, client.pings.length], [[1000], 0]);
});
