import type { CellRange } from "./store.ts";

/** The first character of a key says whose the cell is. */
export const area = {
  /** What `this.storage` keeps. */
  value: "v",
  /** What the library keeps for the room itself. */
  library: "l",
} as const;

/** The keys of an area that begin with a prefix. */
export function rangeOf(area: string, prefix = ""): Pick<CellRange, "start" | "end"> {
  const start = area + prefix;
  return { start, end: afterAll(start) };
}

/** The first key that is behind all that begin with this one. */
function afterAll(prefix: string): string {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const code = last.codePointAt(0) as number;
    // There is nothing behind the last code point, and surrogates are none.
    if (code < 0x10_ffff) return points.join("") + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  throw new RangeError("an area has a character");
}

/** Compares keys by their code points, as databases do; JavaScript's `<` differs where there are pairs. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const one = a.charCodeAt(index);
    const other = b.charCodeAt(index);
    if (one !== other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

/** Halves of pairs stand for code points that are behind all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}
