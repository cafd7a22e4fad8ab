import assert from "node:assert/strict";
import { test } from "node:test";
import { type EndpointOptions, type LogEntry, type WirehallError, websocket } from "wirehall";
import { testServer } from "wirehall/testing";

async function statusOf(headers: Record<string, string>, options: EndpointOptions): Promise<number> {
  const server = testServer({ fetch: websocket({}, { log: () => {}, ...options }) });
  try {
    await server.connect("/", { headers });
    return 101;
  } catch (error) {
    return ((error as WirehallError).cause as Response).status;
  }
}

const hosts = ["app.example", "localhost:8787", "secure.example:443", "[::1]"];

const ROWS: readonly (readonly [host: string, status: number])[] = [
  ["app.example", 101],
  ["APP.example:1234", 101],
  ["localhost:8787", 101],
  ["localhost", 421],
  ["localhost:8788", 421],
  ["secure.example", 101],
  ["secure.example:443", 101],
  ["secure.example:80", 421],
  ["[::1]", 101],
  ["[::1]:9000", 101],
  ["[::2]", 421],
  ["evil.example", 421],
  ["app.example.evil.example", 421],
  ["evil-app.example", 421],
  ["app.example.", 421],
  ["app.example, evil.example", 400],
];
for (const [host, status] of ROWS) {
  test(`a request to ${host} is ${status} where ${hosts.join(", ")} are listed`, async () => {
    assert.equal(await statusOf({ host }, { hosts }), status);
  });
}

test("without a list every host is answered to", async () => {
  assert.equal(await statusOf({ host: "whoever.example" }, {}), 101);
});

test("a page whose name was made to resolve to our address is refused, though it is of the request's host", async () => {
  const rebound = { host: "evil.example:8787", origin: "http://evil.example:8787" };
  assert.equal(await statusOf(rebound, {}), 101);
  assert.equal(await statusOf(rebound, { hosts }), 421);
  assert.equal(await statusOf(rebound, { hosts, origins: "any" }), 421);
});

test("a host that is listed does not let a foreign origin in", async () => {
  assert.equal(await statusOf({ host: "app.example", origin: "https://secure.example" }, { hosts }), 403);
  assert.equal(await statusOf({ host: "app.example", origin: "https://app.example" }, { hosts }), 101);
});

test("behind a trusted proxy the host is the forwarded one, else it is not looked at", async () => {
  const forwarded = { host: "10.0.0.5:8787", "x-forwarded-host": "app.example" };
  assert.equal(await statusOf(forwarded, { hosts, trustProxy: true }), 101);
  assert.equal(await statusOf(forwarded, { hosts }), 421);
  const rebound = { host: "app.example", "x-forwarded-host": "evil.example" };
  assert.equal(await statusOf(rebound, { hosts, trustProxy: true }), 421);
  assert.equal(await statusOf(rebound, { hosts }), 101);
});

test("the entry names the host, the list and the option, on one line, and the answer neither", async () => {
  const entries: LogEntry[] = [];
  const server = testServer({
    fetch: websocket({}, { hosts: ["a.example", "b.example"], log: (entry) => entries.push(entry) }),
  });
  const error: WirehallError = await server
    .connect("/", { headers: { host: `${"x".repeat(1000)}.example` } })
    .then(
      () => assert.fail("it was let in"),
      (error) => error,
    );
  assert.equal(await (error.cause as Response).text(), "this endpoint does not answer to this host\n");
  const [{ event, message }] = entries;
  assert.equal(event, "host-refused");
  assert.match(message, /^host "x+\.\.\." is not in the option hosts, which has "a\.example", "b\.example"$/);
});

for (const [name, value] of Object.entries({
  hosts: ["https://a.example", "a.example/x", "a b", "", "a,b", 7, "a:b"],
  trustProxy: [-1, 1.5, Number.NaN, "1", null],
})) {
  for (const wrong of value) {
    test(`${name}: ${JSON.stringify(wrong)} is refused with what it must be`, () => {
      const options = { [name]: name === "hosts" ? [wrong] : wrong } as EndpointOptions;
      assert.throws(() => websocket({}, options), {
        code: "INVALID_OPTION",
        message: new RegExp(`^${name} is .*: it must be `),
      });
    });
  }
}

test("hosts that is no list is refused", () => {
  const options = { hosts: "a.example" } as unknown as EndpointOptions;
  assert.throws(() => websocket({}, options), { code: "INVALID_OPTION" });
});

test("connection.remoteAddress is the client's as trusted proxies tell it", async () => {
  const headers = { "x-forwarded-for": "6.6.6.6, 192.0.2.7" };
  for (const [trustProxy, expected] of [
    [false, "10.0.0.1"],
    [true, "192.0.2.7"],
    [2, "6.6.6.6"],
  ] as const) {
    const server = testServer({
      remoteAddress: "10.0.0.1",
      fetch: websocket(
        { open: (connection) => connection.send(String(connection.remoteAddress)) },
        { trustProxy },
      ),
    });
    assert.equal(await (await server.connect("/", { headers })).message(), expected);
  }
});
