import type { Awaitable } from "../endpoint/awaitable.ts";
import type { SqlEngine } from "./sql/engine.ts";

/** One entry of a store. */
export type Cell = readonly [key: string, value: Uint8Array];

/** A part of a store, in the order of its keys: that of their UTF-8 bytes, which is that of their code points. */
export interface CellRange {
  /** The first key, included. */
  readonly start: string;
  /** The end, not included. */
  readonly end: string;
  /** From the end to the start [false]. */
  readonly reverse?: boolean;
  /** At most so many, of those that come first [all]. */
  readonly limit?: number;
}

/** What one turn writes. */
export interface Writes {
  /** Everything that was kept goes first. */
  readonly clears: boolean;
  /** By key; undefined removes. */
  readonly cells: ReadonlyMap<string, Uint8Array | undefined>;
}

/** Told once: the writes are kept, or, with an error, none of them is. */
export type Kept = (error?: unknown) => void;

/**
 * Where what one room keeps is: cells, in the order of their keys.
 *
 * The first character of a key says whose the cell is (`area` in `cells.ts`). Bytes that are given or taken belong to
 * both sides: neither changes them.
 */
export interface Store {
  get(key: string): Awaitable<Uint8Array | undefined>;
  list(range: CellRange): Awaitable<readonly Cell[]>;
  /**
   * Takes what a turn wrote, all of it or nothing, and calls back when it is kept; at once where it already is.
   *
   * A throw means that these writes were not taken; turns before it are not touched. An error that is called back with
   * means that these and all that were taken since, and not told of yet, are lost. What was taken is read by `get` and
   * `list` at once.
   */
  commit(writes: Writes, kept: Kept): void;
  /** The room's SQL, where it was opened with it. */
  readonly sql?: SqlEngine;
  /** The room leaves memory: the store may let go of what it can have again. */
  rest?(): void;
}
