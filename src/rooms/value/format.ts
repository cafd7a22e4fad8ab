/**
 * How a value is written as bytes: the version, then the value; each value is a tag and what the tag says.
 *
 * The format is the library's own, since those of the platforms differ from one to the next: what was kept on one
 * runtime is read on another. Numbers of more than one byte are little-endian; a length is a LEB128 number.
 */
export const VERSION = 1;

/** What follows the tag. */
export const tag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A whole number of 32 bits, zigzag, as LEB128. */
  integer: 4,
  /** 8 bytes (IEEE 754). */
  double: 5,
  /** Length, UTF-8. */
  text: 6,
  /** Length in bytes, UTF-16: text that UTF-8 can't hold, for it has half of a pair. */
  looseText: 7,
  /** 1 where negative, length, magnitude. */
  bigint: 8,
  /** 8 bytes, milliseconds since 1970 as a double. */
  date: 9,
  /** Count, values. */
  array: 10,
  /** Count, pairs of a text and a value. */
  object: 11,
  /** Count, pairs of values. */
  map: 12,
  /** Count, values. */
  set: 13,
  /** Length, bytes. */
  buffer: 14,
  /** One of `views`, length in bytes, bytes. */
  view: 15,
} as const;

type ViewClass = { new (buffer: ArrayBuffer): ArrayBufferView };

/** Views of binary data by their number; the number of a class never changes. */
export const views: readonly (readonly [name: string, make: ViewClass])[] = [
  ["Uint8Array", Uint8Array],
  ["Int8Array", Int8Array],
  ["Uint8ClampedArray", Uint8ClampedArray],
  ["Int16Array", Int16Array],
  ["Uint16Array", Uint16Array],
  ["Int32Array", Int32Array],
  ["Uint32Array", Uint32Array],
  ["Float32Array", Float32Array],
  ["Float64Array", Float64Array],
  ["BigInt64Array", BigInt64Array],
  ["BigUint64Array", BigUint64Array],
  ["DataView", DataView],
];

/** How deep arrays, objects, maps and sets may lie in each other. */
export const MAX_DEPTH = 256;
