import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBase64Url, encodeBase64Url } from "../../src/protocol/mod.ts";

// RFC 4648 10, without padding.
const VECTORS: readonly (readonly [text: string, encoded: string])[] = [
  ["", ""],
  ["f", "Zg"],
  ["fo", "Zm8"],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg"],
  ["fooba", "Zm9vYmE"],
  ["foobar", "Zm9vYmFy"],
];

test("base64url writes and reads the vectors of RFC 4648", () => {
  for (const [text, encoded] of VECTORS) {
    assert.equal(encodeBase64Url(new TextEncoder().encode(text)), encoded);
    assert.equal(new TextDecoder().decode(decodeBase64Url(encoded)), text);
  }
});

test("every byte at every place survives, in the alphabet that stands in a URL", () => {
  for (let length = 1; length <= 4; length++) {
    for (let byte = 0; byte < 256; byte++) {
      const bytes = new Uint8Array(length).fill(byte);
      const text = encodeBase64Url(bytes);
      assert.match(text, /^[\w-]+$/);
      assert.deepEqual(decodeBase64Url(text), bytes);
    }
  }
});

test("bytes are read when they are written in the one way, and in no other", () => {
  const bad = [
    "Zg==",
    "Z",
    "Zh",
    "Zm9",
    "Zm9vY",
    "Zm+v",
    "Zm/v",
    "Zm 9v",
    "Zm9v\n",
    "Zm9v=",
    "Zm9\u00fc",
    "\u{1d400}",
  ];
  for (const text of bad) assert.equal(decodeBase64Url(text), undefined, text);
});

test("of the last characters that mean the same bits only one is read", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const read = [...alphabet].filter((last) => decodeBase64Url(`A${last}`) !== undefined);
  assert.deepEqual(read, ["A", "Q", "g", "w"]);
});
