import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../../src/rooms/value/decode.ts";
import { encode } from "../../src/rooms/value/encode.ts";
import { refused, values } from "./values.ts";

const use = { code: "INVALID_VALUE", what: "a value", maxBytes: 1000 };

for (const [name, value] of values) {
  test(`is read as it was written, and shares nothing: ${name}`, () => {
    const bytes = encode(value, use);
    const copy = decode(bytes);
    assert.deepStrictEqual(copy, value);
    bytes.fill(0);
    assert.deepStrictEqual(copy, value);
  });
}

test("the order of an object's keys is kept", () => {
  assert.deepEqual(Object.keys(decode(encode({ z: 1, a: 2, 1: 3 }, use)) as object), ["1", "z", "a"]);
});

test("what a value becomes: a hole undefined, an object without a prototype a plain one, a subclass its class", () => {
  const sparse: unknown[] = [];
  sparse[1] = 1;
  const holes = decode(encode(sparse, use)) as unknown[];
  assert.deepEqual([holes.length, 0 in holes, holes[0]], [2, true, undefined]);
  assert.deepStrictEqual(decode(encode(Object.assign(Object.create(null), { a: 1 }), use)), { a: 1 });
  class Own extends Map<number, number> {}
  assert.deepStrictEqual(decode(encode(new Own([[1, 2]]), use)), new Map([[1, 2]]));
});

for (const [says, value] of refused) {
  test(`is refused: ${says.source}`, () => {
    assert.throws(() => encode(value, { ...use, maxBytes: 10_000 }), {
      code: "INVALID_VALUE",
      message: says,
    });
  });
}

test("the bound is exact", () => {
  // The version, a tag and two bytes of length.
  assert.equal(encode("x".repeat(996), use).length, 1000);
  assert.throws(() => encode("x".repeat(997), use), {
    message: "a value has more than 1000 bytes, the limit",
  });
  assert.throws(() => encode(2n ** 100_000n, use), { message: /1000 bytes/ });
  assert.equal(encode(new Array(996).fill(null), use).length, 1000);
  assert.throws(() => encode(new Array(997).fill(null), use), { message: /1000 bytes/ });
});

test("bytes that were never written as a value are an error, whatever they are", () => {
  const whole = encode({ map: new Map([["a", [1, 2.5, "text", new Uint8Array(3), 5n, new Date(0)]]]) }, use);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => decode(whole.subarray(0, length)), { code: "VALUE_CORRUPT" });
  }
  for (let at = 0; at < whole.length; at++) {
    for (const bits of [1, 0x80, 0xff]) {
      const wrong = whole.slice();
      wrong[at] ^= bits;
      try {
        decode(wrong);
      } catch (error) {
        assert.equal((error as { code: string }).code, "VALUE_CORRUPT");
      }
    }
  }
  assert.throws(() => decode(Uint8Array.of(2, 0)), { message: /version 2/ });
  assert.throws(() => decode(Uint8Array.of(1, 0, 0)), { message: /1 bytes are left over/ });
});
