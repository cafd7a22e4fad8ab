import assert from "node:assert/strict";

/** Fails, in one line whatever their size, unless these are the same bytes. */
export function sameBytes(actual: unknown, expected: Uint8Array): void {
  assert.ok(actual instanceof Uint8Array, `expected ${expected.length} bytes, got ${describe(actual)}`);
  const at = expected.findIndex((byte, i) => actual[i] !== byte);
  assert.equal(actual.length, expected.length, `expected ${expected.length} bytes, got ${actual.length}`);
  assert.equal(at, -1, `byte ${at} of ${expected.length} is ${actual[at]}, not ${expected[at]}`);
}

function describe(value: unknown): string {
  return typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, 100))}` : String(value);
}
