import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type LogEntry,
  type RefusalReason,
  type ServerLimits,
  type WirehallError,
  websocket,
} from "wirehall";
import { manualClock, type TestServerOptions, testServer } from "wirehall/testing";

/** A server with limits, and what it counted and logged. */
function serveLimited(limits: ServerLimits, options: Partial<TestServerOptions> = {}) {
  const refusals: RefusalReason[] = [];
  const entries: LogEntry[] = [];
  const server = testServer({
    fetch: websocket({ message: (connection, data) => connection.send(data) }),
    ...options,
    limits,
    metrics: { refused: (reason) => refusals.push(reason) },
    log: (entry) => entries.push(entry),
  });
  return { server, refusals, entries };
}

function refusalOf(connecting: Promise<unknown>): Promise<Response> {
  return connecting.then(
    () => assert.fail("the upgrade was accepted"),
    (error: WirehallError) => error.cause as Response,
  );
}

/** A handshake that waits, to be let go of by hand. */
function gatedApp() {
  const gates: PromiseWithResolvers<void>[] = [];
  const fetch = websocket({
    upgrade() {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    },
    error() {},
  });
  return { fetch, gates };
}

test("above maxConnections a handshake is 503 with Retry-After, counted and logged with its address", async () => {
  const { server, refusals, entries } = serveLimited({ maxConnections: 2 });
  const [first] = [await server.connect("/"), await server.connect("/")];
  const response = await refusalOf(server.connect("/", { remoteAddress: "192.0.2.7" }));
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "10");
  assert.deepEqual(refusals, ["connections"]);
  const [{ event, reason, address, level }] = entries;
  assert.deepEqual([event, reason, address, level], ["refused", "connections", "192.0.2.7", "warn"]);
  first.close();
  await server.connect("/");
});

test("a handshake in flight has a place of maxConnections, and gives it back when it is refused", async () => {
  const { fetch, gates } = gatedApp();
  const { server } = serveLimited({ maxConnections: 1 }, { fetch });
  const refused = refusalOf(server.connect("/"));
  assert.equal((await refusalOf(server.connect("/"))).status, 503);
  gates[0].reject(new Error("no"));
  assert.equal((await refused).status, 500);
  const connected = server.connect("/");
  gates[1].resolve();
  await connected;
  assert.equal((await refusalOf(server.connect("/"))).status, 503);
});

test("above maxHandshakes a handshake is 503; connections that are open are none", async () => {
  const { fetch, gates } = gatedApp();
  const { server, refusals } = serveLimited({ maxHandshakes: 1 }, { fetch });
  const waiting = server.connect("/");
  assert.equal((await refusalOf(server.connect("/"))).headers.get("retry-after"), "1");
  assert.deepEqual(refusals, ["handshakes"]);
  gates[0].resolve();
  await waiting;
  const next = server.connect("/");
  gates[1].resolve();
  await next;
});

test("an app that is late with its answer is 503, and what it answers later opens nothing", async () => {
  const clock = manualClock();
  const gate = Promise.withResolvers<void>();
  const answers: Response[] = [];
  const endpoint = websocket({ upgrade: () => gate.promise, open: () => assert.fail("open was called") });
  const { server, refusals } = serveLimited(
    { handshakeTimeoutMs: 1_000, maxHandshakes: 1 },
    {
      clock,
      async fetch(request) {
        const response = await endpoint(request);
        answers.push(response);
        return response;
      },
    },
  );
  const refused = refusalOf(server.connect("/"));
  await Promise.resolve();
  clock.advance(999);
  assert.deepEqual(refusals, []);
  clock.advance(1);
  assert.equal((await refused).status, 503);
  assert.deepEqual(refusals, ["handshake-time"]);
  gate.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503],
  );
});

test("an app that throws after its time is logged, and nobody else hears of it", async () => {
  const clock = manualClock();
  const gate = Promise.withResolvers<Response>();
  const { server, entries } = serveLimited({}, { clock, fetch: () => gate.promise });
  const refused = refusalOf(server.connect("/"));
  await Promise.resolve();
  clock.advance(10_000);
  assert.equal((await refused).status, 503);
  gate.reject(new Error("too late"));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(
    entries.map(({ event }) => event),
    ["refused", "fetch-threw"],
  );
});

test("Infinity switches a limit off: no timer waits for the app", async () => {
  const { fetch, gates } = gatedApp();
  const clock = manualClock();
  const { server } = serveLimited({ handshakeTimeoutMs: Infinity }, { fetch, clock });
  const connected = server.connect("/");
  await Promise.resolve();
  clock.advance(1e9);
  gates[0].resolve();
  await connected;
});

test("target and headers above maxHeaderBytes are 431, before the app is asked", async () => {
  let asked = 0;
  const endpoint = websocket({});
  const { server, refusals } = serveLimited(
    { maxHeaderBytes: 500 },
    {
      fetch(request) {
        asked++;
        return endpoint(request);
      },
    },
  );
  const headers = { "x-long": "h".repeat(400) };
  assert.equal((await refusalOf(server.connect("/", { headers }))).status, 431);
  assert.equal((await refusalOf(server.connect(`/${"t".repeat(400)}`))).status, 431);
  assert.deepEqual([refusals, asked], [["header-bytes", "header-bytes"], 0]);
  await server.connect("/", { headers: { "x-short": "h".repeat(100) } });
});

test("an address has maxConnectionsPerAddress; an IPv6 client is counted by its /64, a mapped one as IPv4", async () => {
  const { server, refusals } = serveLimited({ maxConnectionsPerAddress: 1 });
  const from = (remoteAddress: string) => server.connect("/", { remoteAddress });
  const first = await from("2001:db8:0:1::1");
  assert.equal((await refusalOf(from("2001:DB8::1:a:b:c:d"))).status, 503);
  assert.deepEqual(refusals, ["address"]);
  await from("2001:db8:0:2::1");
  await from("192.0.2.1");
  assert.equal((await refusalOf(from("::ffff:192.0.2.1"))).status, 503);
  first.vanish();
  await from("2001:db8:0:1::9");
});

test("every refusal is counted once, by its reason", async () => {
  const app = websocket(
    {
      upgrade(request) {
        const { pathname } = new URL(request.url);
        if (pathname === "/throw") throw new Error("no");
        return pathname === "/refuse" ? new Response("no", { status: 401 }) : undefined;
      },
      error() {},
    },
    { subprotocols: ["a"], log() {} },
  );
  const { server, refusals, entries } = serveLimited(
    {},
    {
      fetch(request) {
        if (new URL(request.url).pathname === "/app") throw new Error("no");
        return app(request);
      },
    },
  );
  const attempts: [string, Record<string, string>, RefusalReason][] = [
    ["/throw", {}, "threw"],
    ["/app", {}, "threw"],
    ["/refuse", {}, "app"],
    ["/", { origin: "https://evil.example" }, "origin"],
    ["/", { "sec-websocket-version": "7" }, "bad-handshake"],
    ["/", { "sec-websocket-protocol": "b" }, "subprotocol"],
  ];
  for (const [path, headers] of attempts) await assert.rejects(server.connect(path, { headers }));
  await server.shutdown();
  await assert.rejects(server.connect("/"));
  assert.deepEqual(refusals, [...attempts.map(([, , reason]) => reason), "shutdown"]);
  assert.deepEqual(entries, []);
});

test("of endpoints that an app asked, only the answer that it returns counts", async () => {
  const foreign = websocket({}, { subprotocols: ["a"], requireSubprotocol: true });
  const open = websocket({});
  const { server, refusals } = serveLimited(
    { maxConnections: 1 },
    {
      async fetch(request) {
        await open(request);
        await foreign(request);
        return await open(request);
      },
    },
  );
  const client = await server.connect("/");
  assert.equal((await refusalOf(server.connect("/"))).status, 503);
  client.close();
  await server.connect("/");
  assert.deepEqual(refusals, ["connections"]);
});

test("limits that are none, or out of range, throw and say what they may be", () => {
  const serve = (limits: object) => testServer({ fetch: websocket({}), limits });
  assert.throws(
    () => serve({ maxConections: 1 }),
    /unknown option "maxConections": limits takes .*maxConnections/,
  );
  for (const value of [0, -1, 1.5, Number.NaN, "9", null]) {
    assert.throws(() => serve({ maxConnections: value }), { code: "INVALID_OPTION" });
  }
  assert.throws(() => serve({ handshakeTimeoutMs: 2 ** 31 }), /from 1 to 2147483647, or Infinity/);
});
