import assert from "node:assert/strict";
import { test } from "node:test";
import {
  acceptDeflate,
  type DeflateTerms,
  encodeUpgradeRequest,
  encodeUpgradeResponse,
  HeaderFields,
  offerDeflate,
  readDeflateAnswer,
  readExtensions,
  readUpgradeResponse,
} from "../../src/protocol/mod.ts";

const NONE = "server_no_context_takeover; client_no_context_takeover";

/** What a server answers to a header, "" for nothing. */
function answer(header: string, terms?: DeflateTerms): string {
  const offers = readExtensions(header);
  assert.ok(!("problem" in offers), header);
  return acceptDeflate(offers, terms)?.answer.replace(/^permessage-deflate(; )?/, "=") ?? "";
}

// All four parameters in every combination, and what is answered.
const client = ["", "client_max_window_bits", "client_max_window_bits=15", "client_max_window_bits=10"];
const server = ["", "server_max_window_bits=15", "server_max_window_bits=10"];
for (const flags of ["", "server_no_context_takeover", "client_no_context_takeover", NONE]) {
  for (const clientBits of client) {
    for (const serverBits of server) {
      const offer = ["permessage-deflate", flags, clientBits, serverBits].filter((part) => part !== "");
      test(`the offer ${offer.join("; ")} is answered as a whole`, () => {
        const header = offer.join("; ");
        const asked = serverBits === "" ? [] : [serverBits];
        assert.equal(answer(header), `=${[NONE, ...asked].join("; ")}`);

        const kept = NONE.split("; ").filter((name) => flags.includes(name));
        assert.equal(answer(header, { contextTakeover: true }), `=${[...kept, ...asked].join("; ")}`);

        const serverLimit = serverBits.endsWith("10") ? 10 : 12;
        const limits = [`server_max_window_bits=${serverLimit}`];
        if (clientBits !== "" && !clientBits.endsWith("10")) limits.push("client_max_window_bits=12");
        const limited = answer(header, { contextTakeover: true, maxWindowBits: 12 });
        assert.equal(limited, `=${[...kept, ...limits].join("; ")}`);
      });
    }
  }
}

const declined = [
  "x-other",
  "permessage-deflates",
  "permessage-deflate; unknown",
  "permessage-deflate; unknown=1",
  "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
  "permessage-deflate; client_no_context_takeover; CLIENT_no_context_takeover",
  "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
  "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
  "permessage-deflate; server_no_context_takeover=1",
  "permessage-deflate; client_no_context_takeover=true",
  "permessage-deflate; server_max_window_bits",
  ...["0", "7", "16", "08", "+9", "9.0", "1e1", "015", "100", "x"].flatMap((value) => [
    `permessage-deflate; server_max_window_bits=${value}`,
    `permessage-deflate; client_max_window_bits=${value}`,
  ]),
  "permessage-deflate; server_max_window_bits=8",
];

for (const header of declined) {
  test(`${header} is declined, and what follows it is taken`, () => {
    assert.equal(answer(header), "");
    assert.equal(answer(`${header}, permessage-deflate`), `=${NONE}`);
    assert.equal(
      answer(`${header}, permessage-deflate; server_max_window_bits=9`),
      `=${NONE}; server_max_window_bits=9`,
    );
  });
}

test("the first offer that can be taken wins", () => {
  const header =
    "permessage-deflate; server_max_window_bits=8, x, permessage-deflate; server_max_window_bits=11";
  assert.equal(answer(`${header}, permessage-deflate`), `=${NONE}; server_max_window_bits=11`);
});

test("names are of any case, and values may be quoted", () => {
  assert.equal(
    answer('Permessage-Deflate; SERVER_MAX_WINDOW_BITS="10"', { contextTakeover: true }),
    "=server_max_window_bits=10",
  );
});

test("a server that can't limit its window takes no offer that asks for it", () => {
  const terms = { limitsWindow: false, maxWindowBits: 10 };
  assert.equal(answer("permessage-deflate; server_max_window_bits=15", terms), "");
  assert.equal(
    answer("permessage-deflate; server_max_window_bits=10, permessage-deflate", terms),
    `=${NONE}`,
  );
  assert.equal(answer("permessage-deflate; client_max_window_bits", terms), `=${NONE}`);
});

test("what was agreed says which way which window and which takeover is", () => {
  const offers = readExtensions(
    "permessage-deflate; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=8",
  );
  assert.ok(!("problem" in offers));
  assert.deepEqual(acceptDeflate(offers, { contextTakeover: true })?.agreement, {
    send: { windowBits: 9, contextTakeover: true },
    receive: { windowBits: 8, contextTakeover: false },
  });
});

/** What a client makes of a server's answer. */
function read(header: string, terms?: DeflateTerms): ReturnType<typeof readDeflateAnswer> {
  const extensions = readExtensions(header);
  assert.ok(!("problem" in extensions), header);
  return readDeflateAnswer(extensions, terms);
}

const TAKEOVER = { contextTakeover: true };

test("a client offers what it wants", () => {
  assert.equal(offerDeflate(), `permessage-deflate; ${NONE}; client_max_window_bits`);
  assert.equal(offerDeflate(TAKEOVER), "permessage-deflate; client_max_window_bits");
  assert.equal(
    offerDeflate({ contextTakeover: true, maxWindowBits: 10 }),
    "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10",
  );
});

test("a client takes what the server makes of its offer", () => {
  const both = (windowBits: number, contextTakeover: boolean) => ({ windowBits, contextTakeover });
  assert.deepEqual(read(`permessage-deflate; ${NONE}`), { send: both(15, false), receive: both(15, false) });
  assert.deepEqual(read("permessage-deflate; server_no_context_takeover"), {
    send: both(15, false),
    receive: both(15, false),
  });
  assert.deepEqual(read("permessage-deflate", TAKEOVER), { send: both(15, true), receive: both(15, true) });
  assert.deepEqual(read(`permessage-deflate; ${NONE}`, TAKEOVER), {
    send: both(15, false),
    receive: both(15, false),
  });
  assert.deepEqual(read("permessage-deflate; client_max_window_bits=8; server_max_window_bits=9", TAKEOVER), {
    send: both(8, true),
    receive: both(9, true),
  });
});

const failed: readonly (readonly [header: string, terms: DeflateTerms | undefined, problem: RegExp])[] = [
  ["x-other", TAKEOVER, /not offered: x-other/],
  ["permessage-deflate, permessage-deflate", TAKEOVER, /not offered/],
  ["permessage-deflate, x-other", TAKEOVER, /not offered/],
  ["permessage-deflate; unknown", TAKEOVER, /unknown/],
  ["permessage-deflate; client_max_window_bits", TAKEOVER, /without a value/],
  ["permessage-deflate; client_max_window_bits=16", TAKEOVER, /invalid/],
  ["permessage-deflate; server_max_window_bits=7", TAKEOVER, /invalid/],
  ["permessage-deflate; server_max_window_bits", TAKEOVER, /invalid/],
  ["permessage-deflate; server_no_context_takeover=1", TAKEOVER, /invalid/],
  ["permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", TAKEOVER, /twice/],
  ["permessage-deflate", undefined, /lacks the server_no_context_takeover/],
  ["permessage-deflate", { contextTakeover: true, maxWindowBits: 10 }, /no server_max_window_bits up to 10/],
  [
    "permessage-deflate; server_max_window_bits=11",
    { contextTakeover: true, maxWindowBits: 10 },
    /no server_max_window_bits up to 10/,
  ],
  [
    "permessage-deflate; server_max_window_bits=10; client_max_window_bits=11",
    { contextTakeover: true, maxWindowBits: 10 },
    /client_max_window_bits of 11, over the 10 offered/,
  ],
];

for (const [header, terms, problem] of failed) {
  test(`a client fails a handshake that is answered ${header} to ${offerDeflate(terms)}`, () => {
    const result = read(header, terms);
    assert.ok(result !== undefined && "problem" in result, JSON.stringify(result));
    assert.match(result.problem, problem);
  });
}

test("client and server agree in their heads, and an answer without an offer fails", () => {
  const key = "dGhlIHNhbXBsZSBub25jZQ==";
  const request = encodeUpgradeRequest({ target: "/", host: "h", key, deflate: {} });
  const offered = /^Sec-WebSocket-Extensions: (.*)\r$/m.exec(request)?.[1] ?? "";
  const offers = readExtensions(offered);
  assert.ok(!("problem" in offers));
  const accepted = acceptDeflate(offers);
  const head = encodeUpgradeResponse({ accept: "a", offered: [], extensions: accepted?.answer });
  const extensions = /^Sec-WebSocket-Extensions: (.*)\r$/m.exec(head)?.[1] ?? "";
  assert.equal(extensions, `permessage-deflate; ${NONE}`);
  const headers = new HeaderFields();
  headers.add("Upgrade", "websocket");
  headers.add("Connection", "Upgrade");
  headers.add("Sec-WebSocket-Accept", "a");
  headers.add("Sec-WebSocket-Extensions", extensions);
  const established = readUpgradeResponse({ status: 101, headers }, { accept: "a", deflate: {} });
  assert.deepEqual(established.ok && established.deflate, {
    send: { windowBits: 15, contextTakeover: false },
    receive: { windowBits: 15, contextTakeover: false },
  });
  assert.equal(readUpgradeResponse({ status: 101, headers }, { accept: "a" }).ok, false);
  const malformed = new HeaderFields();
  for (const [name, value] of headers) malformed.add(name, name.endsWith("Extensions") ? "a;;" : value);
  const rejected = readUpgradeResponse({ status: 101, headers: malformed }, { accept: "a", deflate: {} });
  assert.match(rejected.ok ? "" : rejected.message, /bad character at index 2/);
});
