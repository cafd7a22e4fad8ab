import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { clientAddress } from "../../src/endpoint/address.ts";
import { readForwarded, requestHost, type TrustProxy } from "../../src/endpoint/forwarded.ts";

const RUNS = Number(process.env.WIREHALL_FUZZ_RUNS ?? 300);
const SEED = Number(process.env.WIREHALL_FUZZ_SEED ?? 7239);
const PROXY = "10.0.0.1";

function requestWith(headers: Record<string, string>): Request {
  return new Request("http://in.example/", { headers });
}

function addressOf(headers: Record<string, string>, trustProxy: TrustProxy = true): string | undefined {
  return clientAddress(requestWith(headers), PROXY, trustProxy);
}

type Row = readonly [what: string, headers: Record<string, string>, trust: TrustProxy, address: string];

const listed = (value: string) => ({ "x-forwarded-for": value });
const forwarded = (value: string) => ({ forwarded: value });

const ROWS: readonly Row[] = [
  ["nobody is trusted", listed("1.2.3.4"), false, PROXY],
  ["no proxy is trusted", listed("1.2.3.4"), 0, PROXY],
  ["no header came", {}, true, PROXY],
  ["one proxy: the only entry", listed("1.2.3.4"), true, "1.2.3.4"],
  [
    "one proxy: the last entry, not what the client wrote before it",
    listed("6.6.6.6, 1.2.3.4"),
    1,
    "1.2.3.4",
  ],
  ["two proxies: the last but one", listed("6.6.6.6, 1.2.3.4, 10.0.0.2"), 2, "1.2.3.4"],
  ["fewer entries than proxies", listed("1.2.3.4"), 2, PROXY],
  ["an empty entry counts, and is no address", listed("6.6.6.6, "), 1, PROXY],
  ["an empty entry counts on the way to the others", listed("6.6.6.6, 1.2.3.4, "), 2, "1.2.3.4"],
  ["a port", listed("1.2.3.4:5678"), true, "1.2.3.4"],
  ["IPv6", listed("2001:DB8:0::1"), true, "2001:db8::1"],
  ["IPv6 in brackets", listed("[2001:db8::1]"), true, "2001:db8::1"],
  ["IPv6 in brackets with a port", listed("[2001:db8::1]:443"), true, "2001:db8::1"],
  ["IPv4 within IPv6", listed("::ffff:1.2.3.4"), true, "1.2.3.4"],
  ["unknown", listed("6.6.6.6, unknown"), true, PROXY],
  ["a hidden name", listed("_gazonk"), true, PROXY],
  ["a name", listed("evil.example"), true, PROXY],
  ["a number too high", listed("1.2.3.256"), true, PROXY],
  ["a number too few", listed("1.2.3"), true, PROXY],
  ["a number too many", listed("1.2.3.4.5"), true, PROXY],
  ["zeros in front", listed("01.2.3.4"), true, PROXY],
  ["IPv6 that is none", listed("[::1::2]"), true, PROXY],
  ["a zone", listed("fe80::1%eth0"), true, PROXY],
  ["a long text", listed("1".repeat(10_000)), true, PROXY],
  ["Forwarded", forwarded("for=192.0.2.60;proto=http;by=203.0.113.43"), true, "192.0.2.60"],
  [
    "Forwarded: names in any case, quoted, with a port",
    forwarded('For="[2001:db8:cafe::17]:4711"'),
    true,
    "2001:db8:cafe::17",
  ],
  ["Forwarded: a port that is hidden", forwarded('for="192.0.2.43:_port"'), true, "192.0.2.43"],
  ["Forwarded: quoted pairs", forwarded('for="\\1.2.3.\\4"'), true, "1.2.3.4"],
  ["Forwarded: the last element", forwarded('for=6.6.6.6;x="a,b;c=\\"", for=1.2.3.4'), true, "1.2.3.4"],
  ["Forwarded: two proxies", forwarded("for=6.6.6.6, for=1.2.3.4, for=10.0.0.2"), 2, "1.2.3.4"],
  ["Forwarded: unknown", forwarded("for=unknown"), true, PROXY],
  ["Forwarded: a hidden name", forwarded("for=_SEVKISEK"), true, PROXY],
  ["Forwarded: no address in the last element", forwarded("for=1.2.3.4, proto=https"), true, PROXY],
  ["Forwarded: an empty element counts", forwarded("for=6.6.6.6, for=1.2.3.4,"), 2, "1.2.3.4"],
  ["Forwarded: a parameter twice", forwarded("for=1.2.3.4;for=6.6.6.6"), true, PROXY],
  ["Forwarded: a quote that swallows what follows", forwarded('for=6.6.6.6;x=", for=1.2.3.4'), true, PROXY],
  ["Forwarded: IPv6 without quotes", forwarded("for=[2001:db8::1]"), true, PROXY],
  ["both, which agree", { ...listed("::1"), ...forwarded('for="[0::1]:80"') }, true, "::1"],
  ["both, which contradict each other", { ...listed("6.6.6.6"), ...forwarded("for=1.2.3.4") }, true, PROXY],
  ["both, of which one is malformed", { ...listed("1.2.3.4"), ...forwarded("for") }, true, PROXY],
  ["both, of which one hides it", { ...listed("6.6.6.6"), ...forwarded("for=_a") }, true, PROXY],
  [
    "both, of which one says nothing of it",
    { ...listed("1.2.3.4"), ...forwarded("proto=https") },
    true,
    "1.2.3.4",
  ],
];

for (const [what, headers, trust, address] of ROWS) {
  test(`the client's address, ${JSON.stringify(trust)} trusted: ${what}`, () => {
    assert.equal(addressOf(headers, trust), address);
  });
}

test("several lines of a header are one list", () => {
  const headers = new Headers([
    ["x-forwarded-for", "6.6.6.6"],
    ["x-forwarded-for", "1.2.3.4"],
  ]);
  assert.equal(clientAddress(new Request("http://a/", { headers }), PROXY, true), "1.2.3.4");
});

test("an address that the transport does not tell stays unknown", () => {
  assert.equal(clientAddress(requestWith({}), undefined, true), undefined);
  assert.equal(clientAddress(requestWith(listed("unknown")), undefined, true), undefined);
  assert.equal(clientAddress(requestWith(listed("1.2.3.4")), undefined, true), "1.2.3.4");
});

test("elements of Forwarded are read as RFC 7239 writes them", () => {
  const read = (value: string) => readForwarded(value)?.map((element) => Object.fromEntries(element));
  assert.deepEqual(read('for="_gazonk"'), [{ for: "_gazonk" }]);
  assert.deepEqual(read("for=192.0.2.60; Proto=http ;by=203.0.113.43"), [
    { for: "192.0.2.60", proto: "http", by: "203.0.113.43" },
  ]);
  assert.deepEqual(read('for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown'), [
    { for: "192.0.2.43" },
    { for: "[2001:db8:cafe::17]" },
    { for: "unknown" },
  ]);
  assert.deepEqual(read(";host=a;;"), [{ host: "a" }]);
  assert.deepEqual(read(""), [{}]);
  for (const bad of [
    "for",
    "for=",
    "=a",
    "for = a",
    'for="a',
    'for="a"b',
    "for=a b",
    "for=a/b",
    'for="\u0001"',
  ]) {
    assert.equal(read(bad), undefined, bad);
  }
});

/** What a stranger might write: pieces of the grammar in any order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "for",
        "host",
        "=",
        '"',
        "\\",
        ",",
        ";",
        " ",
        "\t",
        "[",
        "]",
        ":",
        "::",
        "_x",
        "unknown",
      ),
      fc.constantFrom("1.2.3.4", "[::1]", "a.example", "a.example:80", "%", "@", "/", "255.255.255.256"),
      fc.string({ maxLength: 5 }),
      fc.string({ maxLength: 5, unit: "binary" }),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join("").replace(/[^\t\x20-\x7e\x80-\xff]/g, ""));

test("whatever a stranger writes, nothing throws, and an address is one", () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, fc.nat({ max: 4 }), (list, elements, host, hops) => {
      const request = requestWith({ "x-forwarded-for": list, forwarded: elements, "x-forwarded-host": host });
      const address = clientAddress(request, undefined, hops);
      if (address !== undefined) assert.match(address, /^[\da-f.:]{2,39}$/);
      assert.match(requestHost(request, hops), /^[^\s,/@?#\\]+$/);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test("whatever a stranger writes before it, what our proxy adds is not changed by it", () => {
  const added = fc.constantFrom(
    'for="[2001:db8::7]:4711"',
    "for=192.0.2.7",
    'for=192.0.2.7;host="a.example:80";proto=https',
    'for=192.0.2.7;by=""',
  );
  fc.assert(
    fc.property(hostile, added, (written, ours) => {
      const headers = new Headers([
        ["forwarded", written],
        ["forwarded", ours],
      ]);
      const address = clientAddress(new Request("http://a/", { headers }), PROXY, true);
      const expected = ours.includes("db8") ? "2001:db8::7" : "192.0.2.7";
      assert.ok([expected, PROXY].includes(String(address)), `${address}`);
    }),
    { seed: SEED, numRuns: RUNS * 3 },
  );
});
