import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type EndpointOptions,
  type Handler,
  type LogEntry,
  Room,
  rooms,
  tokenOf,
  tokenSubprotocol,
  type WirehallError,
  websocket,
} from "wirehall";
import { testServer } from "wirehall/testing";

const SECRET = "s3cret, ünguessable";
const token = tokenSubprotocol(SECRET);

function offering(...offer: readonly string[]): Request {
  return new Request("http://a.example/", { headers: { "sec-websocket-protocol": offer.join(", ") } });
}

test("a token is read back, wherever it stands among the subprotocols", () => {
  assert.match(token, /^wirehall\.token\.[\w-]+$/);
  for (const offer of [[token], ["v1", token], [token, "v1"], ["v1", token, "v2"]]) {
    assert.equal(tokenOf(offering(...offer)), SECRET);
  }
  assert.equal(tokenOf(offering(tokenSubprotocol("\ufeff\u0000"))), "\ufeff\u0000");
});

test("what is no token, or not one, is none", () => {
  const bad = [
    ["v1"],
    ["wirehall.token"],
    ["wirehall.token."],
    ["wirehall.token.Zh"],
    ["wirehall.token.Z"],
    ["wirehall.token._w"],
    ["wirehall.token.a.b"],
    ["Wirehall.Token.Zg"],
    ["xwirehall.token.Zg"],
    [token, tokenSubprotocol("another")],
    [token, token],
  ];
  for (const offer of bad) assert.equal(tokenOf(offering(...offer)), undefined, offer.join());
  assert.equal(tokenOf(new Request("http://a.example/")), undefined);
  assert.throws(() => tokenSubprotocol(""), { code: "INVALID_ARGUMENT" });
});

/** Everything that an attempt to connect gives away: what came back, the log, and what `error` was told. */
async function attempt(
  handler: Handler,
  options: EndpointOptions,
  offer: readonly string[],
): Promise<{ status: number; subprotocol: string | undefined; seen: string }> {
  const entries: LogEntry[] = [];
  const errors: unknown[] = [];
  const server = testServer({
    fetch: websocket(
      { ...handler, error: (_connection, error) => errors.push(error) },
      { ...options, log: (entry) => entries.push(entry) },
    ),
  });
  const outcome = await server.connect("/", { subprotocols: offer }).then(
    ({ response, subprotocol }) => ({ response, status: 101, subprotocol }),
    (error: WirehallError) => {
      const response = error.cause as Response;
      return { response, status: response.status, subprotocol: undefined };
    },
  );
  const { response, ...rest } = outcome;
  const told = [...entries, ...errors].map((each) => String((each as Error).stack ?? JSON.stringify(each)));
  const seen = [await response.text(), JSON.stringify([...response.headers]), ...told].join("\n");
  return { ...rest, seen };
}

type Row = readonly [
  what: string,
  handler: Handler,
  options: EndpointOptions,
  offer: readonly string[],
  status: number,
  subprotocol?: string,
];
const asks: Handler = { upgrade: () => undefined };
const mistyped = token.replace("wirehall", "WireHall");

const ROWS: readonly Row[] = [
  ["the server's list", {}, { subprotocols: ["v2", "v1"] }, ["v1", token], 101, "v1"],
  ["the token first", {}, { subprotocols: ["v1"] }, [token, "v1"], 101, "v1"],
  [
    "a subprotocol is required",
    {},
    { subprotocols: ["v1"], requireSubprotocol: true },
    [token, "v1"],
    101,
    "v1",
  ],
  ["none in common", {}, { subprotocols: ["v1"] }, ["v9", token], 400],
  ["the endpoint has none", {}, {}, ["v1", token], 400],
  ["the token alone", {}, {}, [token], 400],
  ["the token alone, required", {}, { subprotocols: ["v1"], requireSubprotocol: true }, [token], 400],
  ["the token alone, before upgrade is asked", { upgrade: () => assert.fail() }, {}, [token], 400],
  ["the token twice", {}, { subprotocols: ["v1"] }, ["v1", token, token], 400],
  ["upgrade chooses", { upgrade: () => ({ subprotocol: "v1" }) }, {}, [token, "v1"], 101, "v1"],
  ["upgrade chooses none", asks, {}, [token, "v1"], 400],
  ["upgrade chooses the token", { upgrade: () => ({ subprotocol: token }) }, {}, [token, "v1"], 500],
  [
    "upgrade chooses what was not offered",
    { upgrade: () => ({ subprotocol: "v9" }) },
    {},
    ["v1", token],
    500,
  ],
  ["a token whose name is mistyped", { upgrade: () => ({ subprotocol: "v9" }) }, {}, ["v1", mistyped], 500],
];
for (const [what, handler, options, offer, status, subprotocol] of ROWS) {
  test(`a token is neither chosen nor repeated: ${what}`, async () => {
    const result = await attempt(handler, options, offer);
    assert.deepEqual([result.status, result.subprotocol], [status, subprotocol]);
    const secret = token.slice("wirehall.token.".length);
    assert.equal(result.seen.includes(secret), false, result.seen);
  });
}

test("upgrade reads the token, and the request that the connection keeps no longer has it", async () => {
  const seen: (string | undefined | null)[] = [];
  const server = testServer({
    fetch: websocket(
      {
        upgrade(request) {
          seen.push(tokenOf(request), request.headers.get("sec-websocket-protocol"));
        },
        open({ request }) {
          seen.push(tokenOf(request), request.headers.get("sec-websocket-protocol"), request.url);
          seen.push(request.headers.get("cookie"));
        },
      },
      { subprotocols: ["v1"] },
    ),
  });
  await server.connect("/x?y=z", { subprotocols: ["v1", token, "v0"], headers: { cookie: "a=b" } });
  assert.deepEqual(seen, [
    SECRET,
    `v1, ${token}, v0`,
    undefined,
    "v1, v0",
    "http://wirehall.test/x?y=z",
    "a=b",
  ]);
});

test("a request without a token is kept as it came", async () => {
  let asked: Request | undefined;
  let kept: Request | undefined;
  const server = testServer({
    fetch: websocket(
      {
        upgrade(request) {
          asked = request;
        },
        open({ request }) {
          kept = request;
        },
      },
      { subprotocols: ["v1"] },
    ),
  });
  await server.connect("/", { subprotocols: ["v1"] });
  assert.equal(kept, asked);
});

test("a room's onConnect reads the token", async () => {
  const tokens: (string | undefined)[] = [];
  class Guarded extends Room {
    override onConnect(_member: unknown, request: Request) {
      tokens.push(tokenOf(request));
    }
  }
  const hall = rooms({ Guarded }, { subprotocols: ["v1"] });
  const server = testServer({ hall, fetch: (request) => hall.Guarded.get("one").fetch(request) });
  assert.equal((await server.connect("/", { subprotocols: [token, "v1"] })).subprotocol, "v1");
  assert.deepEqual(tokens, [SECRET]);
});

test("a token is no subprotocol for an endpoint to speak", () => {
  assert.throws(() => websocket({}, { subprotocols: [token] }), { code: "INVALID_OPTION" });
});
