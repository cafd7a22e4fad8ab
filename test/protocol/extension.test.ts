import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Extension,
  HeaderFields,
  readExtensions,
  readUpgradeRequest,
  writeExtensions,
} from "../../src/protocol/mod.ts";

/** `a; b; c=1` as what it should be read to. */
function extension(name: string, parameters: Record<string, string | undefined> = {}): Extension {
  return {
    name,
    parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, value })),
  };
}

const good: readonly (readonly [value: string, expected: readonly Extension[]])[] = [
  ["foo", [extension("foo")]],
  ["foo, bar; baz=2", [extension("foo"), extension("bar", { baz: "2" })]],
  ["foo;a;b=c;d", [extension("foo", { a: undefined, b: "c", d: undefined })]],
  ["  foo \t; \t a =\tb  ,\tbar\t", [extension("foo", { a: "b" }), extension("bar")]],
  ['foo; a="b"', [extension("foo", { a: "b" })]],
  ['foo; a="\\1\\0"; b="x\\yz"', [extension("foo", { a: "10", b: "xyz" })]],
  ["!#$%&'*+-.^_`|~09AZaz", [extension("!#$%&'*+-.^_`|~09AZaz")]],
  ["Foo; A=B", [extension("Foo", { A: "B" })]],
  ["x; a=1, x; a=2, x", [extension("x", { a: "1" }), extension("x", { a: "2" }), extension("x")]],
  [",foo", [extension("foo")]],
  ["foo,", [extension("foo")]],
  ["foo, , ,bar", [extension("foo"), extension("bar")]],
];

for (const [value, expected] of good) {
  test(`reads ${JSON.stringify(value)}`, () => assert.deepEqual(readExtensions(value), expected));
}

test("a parameter that comes twice is read twice, for the extension to judge", () => {
  assert.deepEqual(readExtensions("foo; a; a=1"), [
    {
      name: "foo",
      parameters: [
        { name: "a", value: undefined },
        { name: "a", value: "1" },
      ],
    },
  ]);
});

const bad: readonly (readonly [value: string, index: number, problem: RegExp])[] = [
  ["", 0, /missing/],
  ["  ", 2, /missing/],
  [", ,", 3, /missing/],
  ["foo bar", 4, /bad character/],
  ["foo; ", 5, /missing/],
  ["foo;; a", 4, /bad character/],
  ["foo; a=", 7, /missing/],
  ["foo; a=,", 7, /bad character/],
  ["foo; =b", 5, /bad character/],
  ["foo; a=b c", 9, /bad character/],
  ["foo=1", 3, /bad character/],
  ["f\u00f6o", 1, /bad character/],
  ["foo; a(b)", 6, /bad character/],
  ['"foo"', 0, /bad character/],
  ['foo; a=""', 8, /empty/],
  ['foo; a="b c"', 9, /bad character/],
  ['foo; a="b,c"', 9, /bad character/],
  ['foo; a="\\,"', 9, /bad character/],
  ['foo; a="b', 9, /does not end/],
  ['foo; a="b\\', 10, /does not end/],
  ['foo; a="b"c', 10, /bad character/],
  ["foo, \u0000", 5, /bad character/],
];

for (const [value, index, problem] of bad) {
  test(`refuses ${JSON.stringify(value)} at index ${index}`, () => {
    const read = readExtensions(value);
    assert.ok("problem" in read, JSON.stringify(read));
    assert.equal(read.index, index);
    assert.match(read.problem, problem);
  });
}

test("what is written is read back the same", () => {
  for (const [, extensions] of good) {
    assert.deepEqual(readExtensions(writeExtensions(extensions)), extensions);
  }
  assert.equal(writeExtensions([extension("a", { b: undefined, c: "1" }), extension("d")]), "a; b; c=1, d");
});

test("a malformed header refuses the handshake with 400, and a list over several lines is one", () => {
  const read = (...lines: string[]) => {
    const headers = new HeaderFields();
    headers.add("Host", "server.example");
    headers.add("Upgrade", "websocket");
    headers.add("Connection", "Upgrade");
    headers.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    headers.add("Sec-WebSocket-Version", "13");
    for (const line of lines) headers.add("SEC-WebSocket-Extensions", line);
    return readUpgradeRequest({ method: "GET", headers });
  };
  const offer = read("foo; a", "bar");
  assert.deepEqual(offer.ok && offer.extensions.map(({ name }) => name), ["foo", "bar"]);
  const refusal = read("foo", "b@r");
  assert.equal(!refusal.ok && refusal.status, 400);
  assert.match(refusal.ok ? "" : refusal.message, /Sec-WebSocket-Extensions: bad character at index 6/);
});
