import assert from "node:assert/strict";
import { test } from "node:test";
import { type Handler, type LogEntry, type WirehallError, websocket } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";

const log = () => {};

function refusalOf(connecting: Promise<unknown>): Promise<Response> {
  return connecting.then(
    () => assert.fail("the upgrade was accepted"),
    (error: WirehallError) => {
      assert.equal(error.code, "REFUSED");
      return error.cause as Response;
    },
  );
}

test("data, headers and subprotocol of upgrade reach the connection and the 101", async () => {
  const server = testServer({
    fetch: websocket<number>({
      upgrade: () => ({ data: 7, headers: { "set-cookie": "a=b" }, subprotocol: "b" }),
      open: (connection) => connection.send(`${connection.data} ${connection.subprotocol}`),
    }),
  });
  const client = await server.connect("/", { subprotocols: ["a", "b"] });
  assert.equal(await client.message(), "7 b");
  assert.equal(client.subprotocol, "b");
  assert.equal(client.response.headers.get("set-cookie"), "a=b");
  assert.equal(client.response.headers.has("x-wirehall-accept"), false);
});

test("a response from upgrade refuses, whole", async () => {
  const server = testServer({
    fetch: websocket({ upgrade: () => new Response("no", { status: 402, headers: { "x-why": "money" } }) }),
  });
  const response = await refusalOf(server.connect("/"));
  assert.equal(response.status, 402);
  assert.equal(response.headers.get("x-why"), "money");
  assert.equal(await response.text(), "no");
});

for (const [what, handler] of Object.entries<Handler>({
  throws: {
    upgrade() {
      throw new Error("secret");
    },
  },
  rejects: { upgrade: () => Promise.reject(new Error("secret")) },
  "chooses a subprotocol that was not offered": { upgrade: () => ({ subprotocol: "z" }) },
  "asks for a header that is none": { upgrade: () => ({ headers: { "bad name": "x" } }) },
})) {
  test(`upgrade that ${what} is 500, reaches error, and nothing of it reaches the peer`, async () => {
    const errors: unknown[] = [];
    const server = testServer({
      fetch: websocket({ ...handler, error: (connection, error) => errors.push(connection, error) }, { log }),
    });
    const response = await refusalOf(server.connect("/"));
    assert.equal(response.status, 500);
    assert.equal(await response.text(), "Internal Server Error\n");
    assert.equal(errors.length, 2);
    assert.equal(errors[0], undefined);
  });
}

test("an app that answers something else refuses, and no hook is called after upgrade", async () => {
  const calls: string[] = [];
  const endpoint = websocket({
    upgrade: () => void calls.push("upgrade"),
    open: () => void calls.push("open"),
    close: () => void calls.push("close"),
  });
  const server = testServer({
    async fetch(request) {
      await endpoint(request);
      return new Response("the app thought better of it", { status: 418 });
    },
  });
  assert.equal((await refusalOf(server.connect("/"))).status, 418);
  assert.deepEqual(calls, ["upgrade"]);
});

test("the response may be cloned and gain headers on its way", async () => {
  const endpoint = websocket({ open: (connection) => connection.send("in") });
  const server = testServer({
    async fetch(request) {
      const inner = await endpoint(new Request(`${request.url}/mounted`, request));
      const outer = new Response(inner.body, inner);
      outer.headers.append("x-after", "next");
      return outer;
    },
  });
  const client = await server.connect("/");
  assert.equal(await client.message(), "in");
  assert.equal(client.response.headers.get("x-after"), "next");
});

test("a mark of an earlier upgrade opens nothing", async () => {
  let kept: Response | undefined;
  const endpoint = websocket({});
  const server = testServer({
    async fetch(request) {
      kept ??= await endpoint(request);
      return new Response(null, { status: 204, headers: kept.headers });
    },
  });
  await server.connect("/");
  assert.equal((await refusalOf(server.connect("/"))).status, 204);
});

test("an upgrade that did not come through a server of ours is 500 and logged", async () => {
  const entries: LogEntry[] = [];
  const endpoint = websocket({}, { log: (entry) => entries.push(entry) });
  const headers = {
    host: "a.example",
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  assert.equal((await endpoint(new Request("http://a.example/", { headers }))).status, 500);
  assert.equal(entries[0].event, "not-served");
});

const HANDSHAKES: [string, Record<string, string>, number][] = [
  ["no upgrade", { upgrade: "h2c" }, 426],
  ["no connection token", { connection: "close" }, 400],
  ["a version that is unknown", { "sec-websocket-version": "12" }, 426],
  ["a short key", { "sec-websocket-key": "AAAA" }, 400],
  ["a bad subprotocol list", { "sec-websocket-protocol": "a,,b" }, 400],
  ["a foreign origin", { origin: "https://evil.example" }, 403],
  ["subprotocols of which none is ours", { "sec-websocket-protocol": "x, y" }, 400],
];
for (const [what, headers, status] of HANDSHAKES) {
  test(`${what} is ${status}, before upgrade is called`, async () => {
    const server = testServer({
      fetch: websocket({ upgrade: () => assert.fail("upgrade was called") }, { log, subprotocols: ["a"] }),
    });
    assert.equal((await refusalOf(server.connect("/", { headers }))).status, status);
  });
}

test("the server's first subprotocol that the client offers is chosen; requireSubprotocol refuses none", async () => {
  const server = testServer({
    fetch: websocket({}, { subprotocols: ["a", "b"], requireSubprotocol: true, log }),
  });
  assert.equal((await server.connect("/", { subprotocols: ["c", "b", "a"] })).subprotocol, "a");
  assert.equal((await refusalOf(server.connect("/"))).status, 400);
});

test("after shutdown an upgrade is 503 with Retry-After, and what was open gets 1012", async () => {
  const server = testServer({ fetch: websocket({}) });
  const client = await server.connect("/");
  await server.shutdown();
  assert.equal((await client.closed).code, 1012);
  const response = await refusalOf(server.connect("/"));
  assert.equal(response.status, 503);
  assert.notEqual(response.headers.get("retry-after"), null);
});

test("an app that answers before the endpoint does refuses, and what comes late is abandoned", async () => {
  const gate = Promise.withResolvers<void>();
  const late = Promise.withResolvers<Response>();
  const endpoint = websocket({
    upgrade: () => gate.promise,
    open: () => assert.fail("open was called"),
  });
  const server = testServer({
    async fetch(request) {
      endpoint(request).then(late.resolve, late.reject);
      return new Response("timed out", { status: 504 });
    },
  });
  assert.equal((await refusalOf(server.connect("/"))).status, 504);
  gate.resolve();
  assert.equal((await late.promise).status, 503);
});

test("of two endpoints that an app asked, the one is opened whose response it returns", async () => {
  const opened: string[] = [];
  const first = websocket({ open: () => opened.push("first") });
  const second = websocket({ open: () => opened.push("second") });
  const server = testServer({
    async fetch(request) {
      const responses = [await first(request), await second(request)];
      return responses[new URL(request.url).pathname === "/first" ? 0 : 1];
    },
  });
  await server.connect("/first");
  await server.connect("/second");
  assert.deepEqual(opened, ["first", "second"]);
});

for (const value of [false, true, null, "no", 403, [], { status: 403 }, { open: true }]) {
  test(`upgrade that returns ${JSON.stringify(value)} does not let in`, async () => {
    const errors: unknown[] = [];
    const server = testServer({
      fetch: websocket(
        { upgrade: () => value as unknown as undefined, error: (_connection, error) => errors.push(error) },
        { log },
      ),
    });
    assert.equal((await refusalOf(server.connect("/"))).status, 500);
    assert.equal((errors[0] as WirehallError).code, "INVALID_ARGUMENT");
  });
}

test("an app that returns no response is an error of the app, not an acceptance", async () => {
  const endpoint = websocket({ open: () => assert.fail("open was called") });
  const server = testServer({
    async fetch(request) {
      await endpoint(request);
      return undefined as unknown as Response;
    },
  });
  await assert.rejects(server.connect("/"), { code: "INVALID_RESPONSE" });
});

test("shutdown waits for upgrades that are under way, and refuses them", async () => {
  const gate = Promise.withResolvers<void>();
  const server = testServer({ fetch: websocket({ upgrade: () => gate.promise }), clock: manualClock() });
  const refused = refusalOf(server.connect("/"));
  const ended = server.shutdown();
  gate.resolve();
  assert.equal((await refused).status, 503);
  await ended;
});

test("shutdown waits 5 s at most for an upgrade that never answers", async () => {
  const clock = manualClock();
  const server = testServer({ fetch: websocket({ upgrade: () => new Promise<void>(() => {}) }), clock });
  server.connect("/").catch(() => {});
  const ended = server.shutdown();
  await Promise.resolve();
  clock.advance(5_000);
  await ended;
});
