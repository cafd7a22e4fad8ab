/** What storage keeps: at least one value of each type, and of each that is easily lost on the way. */
export const values: readonly (readonly [name: string, value: unknown])[] = [
  ["null", null],
  ["booleans", [true, false]],
  ["undefined inside", { is: undefined, list: [undefined] }],
  ["small integers", [0, 1, -1, 63, 64, -64, -65, 127, 128, 2 ** 31 - 1, -(2 ** 31)]],
  ["other numbers", [-0, 0.1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE]],
  ["numbers that JSON lacks", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ["bigints", [0n, 1n, -1n, 255n, 256n, -(2n ** 64n), 2n ** 521n]],
  [
    "text",
    ["", "a", "ASCII only, and rather longer than sixty-four characters, so that it goes another way"],
  ],
  ["text beyond ASCII", ["é", "€", "😀", "\0", "\ufeffmark", `${"a".repeat(63)}é`, "x".repeat(300)]],
  ["halves of surrogate pairs", ["\ud800", "a\udfffb", "\udc00\ud800"]],
  ["dates", [new Date(0), new Date(-1.5), new Date(8.64e15), new Date(Number.NaN)]],
  ["arrays", [[], [[]], [1, [2, [3]]]]],
  ["objects", { a: 1, b: { c: [] }, "": 2, 10: "ten", "2": "two", é: "é" }],
  ["names that objects have already", { constructor: 1, toString: 2, ["__proto__"]: 3, hasOwnProperty: 4 }],
  [
    "maps",
    new Map<unknown, unknown>([
      ["a", 1],
      [1, new Map()],
      [Number.NaN, "NaN"],
      [null, [1n]],
    ]),
  ],
  ["sets", new Set<unknown>([1, "1", null, undefined, Number.NaN])],
  ["an ArrayBuffer", Uint8Array.of(1, 2, 3).buffer],
  ["an empty view", new Uint8Array(0)],
  ["a view of a part", new Uint8Array([9, 1, 2, 9]).subarray(1, 3)],
  ["bytes", [Uint8Array.of(0, 255), Int8Array.of(-1), Uint8ClampedArray.of(300)]],
  ["words", [Int16Array.of(-2), Uint16Array.of(65535), Int32Array.of(-3), Uint32Array.of(2 ** 32 - 1)]],
  ["floats", [Float32Array.of(0.5, Number.NaN), Float64Array.of(-0, 0.1)]],
  ["long words", [BigInt64Array.of(-5n), BigUint64Array.of(2n ** 64n - 1n)]],
  ["a DataView", new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2)],
];

/** What storage refuses, by what its error says. */
export const refused: readonly (readonly [says: RegExp, value: unknown])[] = [
  [/a function/, () => {}],
  [/a symbol/, Symbol("s")],
  [/a function/, { deep: [{ in: () => {} }] }],
  [/an instance of Point/, new (class Point {})()],
  [/RegExp/, /x/],
  [/Error/, new Error("x")],
  [/Promise/, Promise.resolve()],
  [/WeakMap/, new WeakMap()],
  [/Number/, Object(1)],
  [/holds itself/, circle()],
];

function circle(): unknown {
  const list: unknown[] = [];
  list.push({ list });
  return list;
}
