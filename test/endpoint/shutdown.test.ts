import assert from "node:assert/strict";
import { test } from "node:test";
import { type Handler, websocket } from "wirehall";
import { manualClock, type TestClient, testServer } from "wirehall/testing";
import { restartMs, restartSchedule } from "../../src/endpoint/restart.ts";

const log = () => {};

function serve(handler: Handler = {}) {
  const clock = manualClock();
  const endpoint = websocket(handler, { log, clock, pingIntervalMs: 0, closeTimeoutMs: 60_000 });
  return { clock, server: testServer({ fetch: endpoint, clock }) };
}

function connectMany(server: ReturnType<typeof testServer>, count: number): Promise<TestClient[]> {
  return Promise.all(Array.from({ length: count }, () => server.connect("/")));
}

/** How many of the clients have got each reason so far. */
function watch(clients: readonly TestClient[]): { reasons: string[] } {
  const seen = { reasons: [] as string[] };
  for (const { closed } of clients) {
    closed.then(({ code, reason }) => {
      assert.equal(code, 1012);
      seen.reasons.push(reason);
    });
  }
  return seen;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("2,000 clients over 5 s: 40 are closed in each tenth of a second, and are told to come back 5 s later", async () => {
  const { clock, server } = serve();
  const clients = await connectMany(server, 2_000);
  const seen = watch(clients);
  const ended = server.shutdown({ overMs: 5_000 });
  await settled();
  assert.equal(seen.reasons.length, 1);
  for (let tenths = 1; tenths < 50; tenths++) {
    clock.advance(100);
    await settled();
    assert.equal(seen.reasons.length, 40 * tenths + 1);
  }
  clock.advance(100);
  await ended;
  assert.equal(seen.reasons.length, 2_000);
  assert.deepEqual([...new Set(seen.reasons)], ["retry=5000"]);
});

test("closed all at once, they come back at 500 a second, or over a second if they are few", async () => {
  for (const [count, overMs, lastMs] of [
    [2_000, 0, 3_998],
    [5, 0, 800],
    [10, 500, 900],
    [3_000, 3_000, 5_999],
  ]) {
    const { closes } = restartSchedule(count, overMs);
    const returns = closes.map(({ delayMs, retryMs }) => delayMs + retryMs);
    assert.equal(returns.length, count);
    assert.equal(returns[0], overMs, "the first is back when the shutdown is over");
    if (overMs !== 3_000) assert.equal((returns.at(-1) as number) - overMs, lastMs);
    for (let index = 500; index < count; index++) {
      assert.ok(returns[index] - returns[index - 500] >= 1_000, `${count} over ${overMs}: too many at once`);
    }
    assert.ok(closes.every(({ delayMs }, index) => index === 0 || delayMs >= closes[index - 1].delayMs));
    assert.ok(closes.every(({ delayMs }) => delayMs <= overMs));
  }
  assert.deepEqual(restartSchedule(0, 1_000), { closes: [], lastRetryMs: 2_000 });
});

test("a shutdown that nobody said the time of takes no longer than is good for the clients' return", () => {
  assert.equal(restartMs(0, 2_000), 0);
  assert.equal(restartMs(1, 2_000), 2);
  assert.equal(restartMs(500, 2_000), 1_000);
  assert.equal(restartMs(5_000, 2_000), 2_000);
});

test("no new connection is let in: 503 with Retry-After", async () => {
  const { server } = serve();
  void server.shutdown({ overMs: 1_000 });
  await assert.rejects(server.connect("/"), (error: { code: string; cause: Response }) => {
    assert.equal(error.code, "REFUSED");
    assert.equal(error.cause.status, 503);
    assert.equal(error.cause.headers.get("retry-after"), "1");
    return true;
  });
});

test("peers that answer nothing are dropped in time for their handlers' close", async () => {
  let closed = 0;
  const { clock, server } = serve({ close: () => void closed++ });
  const clients = await connectMany(server, 10);
  for (const client of clients) client.deafen();
  const ended = server.shutdown({ overMs: 1_000, withinMs: 2_000 });
  clock.advance(1_490);
  assert.equal(closed, 0);
  clock.advance(10);
  await ended;
  assert.equal(closed, 10);
});

test("shutdown waits for handlers' close, but not for ever", async () => {
  let release = () => {};
  const { server } = serve({ close: () => new Promise<void>((resolve) => (release = resolve)) });
  const [client] = await connectMany(server, 1);
  let isOver = false;
  const ended = server.shutdown().then(() => (isOver = true));
  assert.equal((await client.closed).code, 1012);
  await settled();
  assert.equal(isOver, false);
  release();
  await ended;

  const other = serve({ close: () => new Promise<void>(() => {}) });
  await connectMany(other.server, 1);
  const late = other.server.shutdown({ withinMs: 3_000 });
  await settled();
  other.clock.advance(3_000);
  await late;
});

test("a second shutdown is the first one", async () => {
  const { clock, server } = serve();
  const clients = await connectMany(server, 2);
  const seen = watch(clients);
  const both = Promise.all([server.shutdown({ overMs: 1_000 }), server.shutdown()]);
  await settled();
  assert.equal(seen.reasons.length, 1);
  clock.advance(1_000);
  await both;
  assert.deepEqual(seen.reasons, ["retry=1000", "retry=1000"]);
});
