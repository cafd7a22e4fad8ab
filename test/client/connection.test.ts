import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, connect } from "wirehall/client";
import { world } from "./world.ts";

const CONNECT = 10_000;
const STEADY = 5_000;
const KEEPALIVE = 25_000;

test("the bound of the wait doubles with each failure, up to its limit", () => {
  const { client, sockets, clock, states } = world();
  assert.deepEqual(clock.take(), [CONNECT]);
  const waits = [];
  for (let failure = 0; failure < 9; failure++) {
    sockets.last.end(1006);
    const [wait, ...rest] = clock.take();
    assert.deepEqual(rest, []);
    assert.equal(client.status.failures, failure + 1);
    waits.push(wait);
    clock.advance(wait as number);
    assert.deepEqual(clock.take(), [CONNECT]);
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  assert.equal(sockets.all.length, 10);
  assert.deepEqual(states, ["connecting"]);
});

test("the wait is anything from nothing to the bound", () => {
  for (const [random, wait] of [
    [0, 0],
    [0.25, 250],
    [0.999, 999],
  ]) {
    const { sockets, clock } = world({ random: () => random as number });
    clock.take();
    sockets.last.end(1006);
    assert.deepEqual(clock.take(), [wait]);
  }
});

test("a connection that lived for a while was a good one: the waits begin anew", () => {
  const { client, sockets, clock, states } = world();
  sockets.last.end(1006);
  clock.advance(1000);
  sockets.last.open();
  assert.deepEqual(clock.take(), [CONNECT, 1000, CONNECT, KEEPALIVE, STEADY]);
  clock.advance(STEADY);
  assert.equal(client.status.failures, 0);
  sockets.last.end(1006);
  assert.deepEqual(clock.take(), [500]);
  clock.advance(500);
  sockets.last.open();
  clock.advance(STEADY - 1);
  sockets.last.end(1006);
  assert.deepEqual(clock.take(), [CONNECT, KEEPALIVE, STEADY, 1000]);
  assert.deepEqual(states, ["connecting", "open", "resuming", "open", "resuming"]);
});

test("retry is waited for, and the jitter added", () => {
  const { sockets, clock } = world({ random: () => 0.5 });
  sockets.last.open();
  clock.take();
  sockets.last.end(1012, "retry=1500");
  assert.deepEqual(clock.take(), [1500 + 500]);
  clock.advance(2000);
  sockets.last.end(1013, "retry=90000");
  assert.deepEqual(clock.take(), [CONNECT, 90_000 + 1000]);
  clock.advance(91_000);
  sockets.last.end(1011, "retry=90000");
  assert.deepEqual(clock.take(), [CONNECT, 2000]);
});

test("a wait that the server asked for is not cut short", () => {
  const { client, sockets, clock, network } = world();
  sockets.last.open();
  sockets.last.end(1013, "retry=60000");
  client.reconnect();
  network.turn(false);
  network.turn(true);
  clock.advance(60_999);
  assert.equal(sockets.all.length, 1);
  clock.advance(1);
  assert.equal(sockets.all.length, 2);
  sockets.last.end(1006);
  client.reconnect();
  assert.equal(sockets.all.length, 3);
});

for (const [code, name] of [
  [1008, "CONNECTION_CLOSED"],
  [3000, "UNAUTHORIZED"],
  [3003, "FORBIDDEN"],
  [4400, "CONNECTION_CLOSED"],
  [4404, "CONNECTION_CLOSED"],
] as const) {
  test(`${code} ends it, and all that waits`, async () => {
    const { client, sockets, clock, network, states } = world();
    sockets.last.open();
    sockets.last.isDead = true;
    const sent = client.send("hello");
    const called = client.call("add", 1, 2);
    const loop = client[Symbol.asyncIterator]().next();
    clock.take();
    sockets.last.end(code, "no");
    const expected = { name: "WirehallError", code: name };
    await assert.rejects(sent, expected);
    await assert.rejects(called, { code: "CALL_LOST" });
    await assert.rejects(loop, expected);
    await assert.rejects(client.send("more"), expected);
    await assert.rejects(client.call("add"), expected);
    const { error } = await client.closed;
    assert.deepEqual([error?.code, error?.cause], [name, { code, reason: "no" }]);
    assert.equal(client.status.error, error);
    clock.advance(100_000);
    assert.deepEqual([clock.take(), sockets.all.length, network.listeners.size], [[], 1, 0]);
    assert.deepEqual(states, ["connecting", "open", "closed"]);
  });
}

test("an attempt without a welcome in time has failed", () => {
  const { client, sockets, clock } = world();
  clock.advance(CONNECT - 1);
  assert.equal(sockets.last.closed, undefined);
  clock.advance(1);
  assert.ok(sockets.last.closed);
  assert.equal(client.status.error?.code, "CONNECT_TIMEOUT");
  clock.advance(1000);
  const [first, second] = sockets.all;
  second?.open();
  assert.equal(client.status.state, "open");
  // What the first one still says is nobody's.
  first?.open();
  first?.deliver("hello");
  first?.end(3000);
  assert.deepEqual([client.status.state, second?.sent.length], ["open", 1]);
});

test("a URL that is a function, and a token, are asked for at each attempt", async () => {
  let tickets = 0;
  const { client, sockets, clock } = world({ token: async () => `t?${tickets}` }, async () => {
    tickets++;
    if (tickets === 2) throw new Error("no ticket today");
    return `http://test/room?ticket=${tickets}#here`;
  });
  await until(client, () => sockets.all.length === 1);
  assert.equal(sockets.last.url, "ws://test/room?ticket=1");
  assert.deepEqual(sockets.last.protocols, ["wirehall.v1", "wirehall.token.dD8x"]);
  sockets.last.end(1006);
  clock.advance(1000);
  await until(client, () => client.status.failures === 2);
  assert.match(String(client.status.error), /no ticket today/);
  clock.advance(2000);
  await until(client, () => sockets.all.length === 2);
  assert.equal(sockets.last.url, "ws://test/room?ticket=3");
});

test("a function that answers after the client was closed opens nothing", async () => {
  const ticket = Promise.withResolvers<string>();
  const { client, sockets } = world({}, () => ticket.promise);
  client.close();
  ticket.resolve("ws://test/room");
  await client.closed;
  await ticket.promise;
  assert.equal(sockets.all.length, 0);
});

test("a server without the subprotocol ends it, with what is wrong", async () => {
  const { client, sockets } = world();
  sockets.last.open("");
  const { error } = await client.closed;
  assert.equal(error?.code, "NO_SUBPROTOCOL");
  assert.match(String(error), /does not speak wirehall\.v1/);
  assert.deepEqual([sockets.last.sent, sockets.last.closed?.code], [[], 1000]);
});

test("a server that breaks the protocol is left with 4400, and comes to mind again later", () => {
  const { client, sockets, clock } = world();
  sockets.last.open();
  clock.take();
  sockets.last.deliver("hello");
  assert.equal(sockets.last.closed?.code, 4400);
  assert.match(String(sockets.last.closed?.reason), /^[ -~]{1,123}$/);
  assert.equal(client.status.error?.code, "PROTOCOL_ERROR");
  assert.deepEqual(clock.take(), [1000]);
});

test("keepalives go out at the server's pace, and silence after one is death", () => {
  const { client, sockets, clock } = world();
  sockets.last.open();
  const pings = () =>
    sockets.all.flatMap(({ sent }) => sent).filter((data) => data === "wirehall.v1:ping").length;
  clock.advance(KEEPALIVE);
  assert.equal(pings(), 1);
  clock.advance(KEEPALIVE);
  assert.equal(pings(), 2);
  sockets.last.isDead = true;
  clock.advance(KEEPALIVE);
  assert.deepEqual([pings(), client.status.state], [3, "open"]);
  clock.advance(KEEPALIVE);
  assert.deepEqual([pings(), client.status.state], [3, "resuming"]);
  assert.ok(sockets.last.closed);
});

test("off line nothing is given up, and on line it tries at once", () => {
  const { client, sockets, clock, network, states } = world();
  sockets.last.open();
  network.turn(false);
  assert.deepEqual(states.at(-1), "open");
  sockets.last.end(1006);
  assert.deepEqual(states.at(-1), "offline");
  // A server on this machine may be there all the same.
  clock.advance(1000);
  assert.equal(sockets.all.length, 2);
  sockets.last.end(1006);
  assert.deepEqual([client.status.state, sockets.all.length], ["offline", 2]);
  network.turn(true);
  assert.deepEqual([client.status.state, sockets.all.length], ["resuming", 3]);
  sockets.last.open();
  assert.deepEqual(states, ["connecting", "open", "offline", "resuming", "open"]);
});

test("off line before the first connection is off line", () => {
  const { network, states } = world();
  network.turn(false);
  network.turn(true);
  assert.deepEqual(states, ["connecting", "offline", "connecting"]);
});

test("when the network changed, a dead connection is noticed in seconds", () => {
  const { client, sockets, clock, network } = world();
  sockets.last.open();
  clock.take();
  network.wake();
  assert.deepEqual(clock.take(), [5000]);
  clock.advance(5000);
  assert.equal(client.status.state, "open");
  sockets.last.end(1006);
  client.reconnect();
  network.wake();
  sockets.last.open();
  sockets.last.isDead = true;
  network.turn(false);
  clock.advance(5000);
  assert.equal(client.status.state, "offline");
});

test("reconnect does not wait, and leaves an attempt that is under way alone", () => {
  const { client, sockets, clock } = world();
  client.reconnect();
  assert.equal(sockets.all.length, 1);
  sockets.last.end(1006);
  assert.ok((client.status.retryAt ?? 0) > Date.now() - 1000);
  client.reconnect();
  assert.deepEqual([sockets.all.length, client.status.retryAt], [2, undefined]);
  clock.advance(1000);
  assert.equal(sockets.all.length, 2);
});

test("close ends it with 1000, an aborted signal too, and both only once", async () => {
  for (const how of ["close", "signal", "aborted before"]) {
    const abort = new AbortController();
    if (how === "aborted before") abort.abort();
    const { client, sockets, states } = world({ signal: abort.signal });
    if (how !== "aborted before") sockets.last.open();
    if (how === "close") client.close();
    else abort.abort();
    client.close();
    assert.deepEqual(await client.closed, { error: undefined });
    assert.deepEqual(states.at(-1), "closed");
    if (how !== "aborted before") assert.equal(sockets.last.closed?.code, 1000);
    else assert.equal(sockets.all.length, 0);
    await assert.rejects(client.send("x"), { code: "CLIENT_CLOSED" });
    for await (const _ of client) assert.fail("nothing comes any more");
  }
});

test("a listener may close, and nothing follows", () => {
  for (const type of ["status", "message", "settled", "members"] as const) {
    const { client, sockets, states } = world();
    client.on(type, () => client.close());
    void client.send("all hello");
    sockets.last.open();
    assert.deepEqual([type, states.at(-1), sockets.all.length], [type, "closed", 1]);
  }
});

test("what is no URL, no option or no number is said at once", () => {
  for (const url of ["", "//", "ftp://test/", "ws://"]) {
    assert.throws(() => connect(url), { name: "WirehallError", code: "INVALID_URL" });
  }
  for (const options of [{ retries: 3 }, { maxCalls: -1 }, { maxCalls: 1.5 }, { maxCalls: "1" }]) {
    assert.throws(() => connect("ws://test/", options as object), { code: "INVALID_OPTION" });
  }
});

/** Waits, a microtask at a time. */
async function until(client: Client, done: () => boolean): Promise<void> {
  while (!done()) {
    assert.notEqual(client.status.state, "closed");
    await Promise.resolve();
  }
}
