import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";

/** The most bytes of a member's state. */
const MAX_STATE_BYTES = defaultOf("maxStateBytes");

/**
 * A copy of a member's state that nobody else holds.
 *
 * Takes primitive values, plain objects, arrays, Map, Set, Date, ArrayBuffer and its views. Throws `INVALID_STATE`
 * for anything else, and for more than 8 KiB, counted alike on every runtime: 8 bytes for a number or a key's or value's overhead, 2 for a UTF-16
 * unit of text, 1 for a byte of binary data.
 */
export function snapshotState(state: unknown): unknown {
  let copy: unknown;
  try {
    copy = structuredClone(state);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new WirehallError("INVALID_STATE", `a member's state can't be kept: ${message}`, { cause });
  }
  const bytes = measure(copy, new Set());
  if (bytes > MAX_STATE_BYTES) {
    throw new WirehallError(
      "INVALID_STATE",
      `a member's state has ${bytes} bytes: the limit is ${MAX_STATE_BYTES}`,
    );
  }
  return copy;
}

function measure(value: unknown, seen: Set<object>): number {
  if (typeof value === "string") return 8 + 2 * value.length;
  if (typeof value === "bigint") return 8 + value.toString(16).length / 2;
  if (typeof value !== "object" || value === null) return 8;
  if (seen.has(value)) return 8;
  seen.add(value);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 8 + value.byteLength;
  const isPlain = Object.prototype.toString.call(value) === "[object Object]" || Array.isArray(value);
  if (!isPlain && !(value instanceof Map || value instanceof Set || value instanceof Date)) {
    throw new WirehallError(
      "INVALID_STATE",
      `a member's state can't hold ${Object.prototype.toString.call(value)}: use plain objects, arrays, Map, Set, ` +
        "Date, ArrayBuffer and its views, and primitive values",
    );
  }
  let bytes = 8;
  const inner = value instanceof Map ? value : value instanceof Set ? value.entries() : Object.entries(value);
  for (const [key, item] of inner) bytes += measure(key, seen) + measure(item, seen);
  return bytes;
}
