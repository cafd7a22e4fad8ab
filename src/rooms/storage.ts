import { type Awaitable, chain } from "../endpoint/awaitable.ts";
import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";
import { area, compareKeys, rangeOf } from "./cells.ts";
import type { Cell, CellRange, Store } from "./store.ts";
import type { Turn } from "./turn.ts";
import { decode } from "./value/decode.ts";
import { encode } from "./value/encode.ts";
import { VALUE } from "./value/use.ts";

const MAX_KEY_BYTES = defaultOf("maxKeyBytes");

/** Which entries `list` gives. */
export interface ListOptions {
  /** Those whose keys begin with it. */
  readonly prefix?: string;
  /** From this key on. */
  readonly start?: string;
  /** From behind this key on. */
  readonly startAfter?: string;
  /** Up to this key, which is not among them. */
  readonly end?: string;
  /** The last first. */
  readonly reverse?: boolean;
  /** At most so many. */
  readonly limit?: number;
}

/**
 * What a room keeps: values by key.
 *
 * It is used in a turn: writes are held, and kept when the turn commits; what is read has the turn's own writes in it.
 * Keys are text of 1 to 2,048 bytes in UTF-8. Values have at most 128 KiB and are what `docs/rooms.md` lists: each is
 * read as a copy. Throws `ROOM_NO_TURN` outside a turn, `INVALID_KEY` and `INVALID_VALUE`.
 */
export interface RoomStorage {
  get<Value = unknown>(key: string): Promise<Value | undefined>;
  /** Takes a snapshot of the value now. */
  put(key: string, value: unknown): Promise<void>;
  /** Whether there was such a key. */
  delete(key: string): Promise<boolean>;
  /** Entries in the order of their keys: that of their code points. */
  list<Value = unknown>(options?: ListOptions): Promise<Map<string, Value>>;
}

/** Storage as the turns of one instance of a room see it. */
export class TurnStorage implements RoomStorage {
  readonly #store: Store;
  readonly #turn: () => Turn;

  constructor(store: Store, turn: () => Turn) {
    this.#store = store;
    this.#turn = turn;
  }

  get<Value>(key: string): Promise<Value | undefined> {
    const cell = this.#read(cellOf(key));
    return settled(chain(cell, (bytes) => (bytes === undefined ? undefined : (decode(bytes) as Value))));
  }

  put(key: string, value: unknown): Promise<void> {
    const turn = this.#turn();
    if (value === undefined) {
      throw new WirehallError("INVALID_VALUE", "storage keeps no undefined: use delete, or null");
    }
    turn.write(cellOf(key), encode(value, VALUE));
    return Promise.resolve();
  }

  delete(key: string): Promise<boolean> {
    const cell = cellOf(key);
    const known = this.#read(cell);
    this.#turn().write(cell, undefined);
    return settled(chain(known, (bytes) => bytes !== undefined));
  }

  list<Value>(options: ListOptions = {}): Promise<Map<string, Value>> {
    const turn = this.#turn();
    const range = rangeFor(options);
    const { limit = Number.POSITIVE_INFINITY } = options;
    if (limit === 0 || compareKeys(range.start, range.end) >= 0) return Promise.resolve(new Map());
    const own = ownCells(turn, range);
    // What the turn has removed takes the place of something that is kept.
    const kept = turn.clears ? [] : this.#store.list({ ...range, limit: limit + own.size });
    const named = ([key, bytes]: Cell): [string, Value] => [key.slice(1), decode(bytes) as Value];
    return settled(chain(kept, (cells) => new Map(merge(cells, own, range).slice(0, limit).map(named))));
  }

  /** The cell with what the turn has written. */
  #read(cell: string): Awaitable<Uint8Array | undefined> {
    const turn = this.#turn();
    if (turn.cells.has(cell)) return turn.cells.get(cell);
    return turn.clears ? undefined : this.#store.get(cell);
  }
}

async function settled<T>(value: Awaitable<T>): Promise<T> {
  return await value;
}

function ownCells(turn: Turn, { start, end }: CellRange): ReadonlyMap<string, Uint8Array | undefined> {
  const inside = ([key]: readonly [string, unknown]) =>
    compareKeys(key, start) >= 0 && compareKeys(key, end) < 0;
  return new Map([...turn.cells].filter(inside));
}

function merge(
  kept: readonly Cell[],
  own: ReadonlyMap<string, Uint8Array | undefined>,
  { reverse }: CellRange,
): readonly Cell[] {
  if (own.size === 0) return kept;
  const written = [...own].filter((cell): cell is [string, Uint8Array] => cell[1] !== undefined);
  const all = [...kept.filter(([key]) => !own.has(key)), ...written];
  return all.sort(([a], [b]) => (reverse ? compareKeys(b, a) : compareKeys(a, b)));
}

/** The cell of a key of storage. Throws `INVALID_KEY`. */
export function cellOf(key: string): string {
  checkKey(key);
  return area.value + key;
}

const encoder = new TextEncoder();

function checkKey(key: unknown): void {
  if (typeof key !== "string") throw invalidKey(`a key of storage is text, this is ${typeof key}`);
  if (key === "") throw invalidKey("a key of storage has at least one character");
  // SQLite's own functions, and with them some drivers, take U+0000 for the end of a text.
  if (!key.isWellFormed() || key.includes("\0")) {
    throw invalidKey("a key of storage has no U+0000, and no half of a surrogate pair");
  }
  if (key.length * 3 <= MAX_KEY_BYTES) return;
  const { length } = encoder.encode(key);
  if (length > MAX_KEY_BYTES) throw invalidKey(`a key has ${length} bytes: the limit is ${MAX_KEY_BYTES}`);
}

function invalidKey(message: string): WirehallError {
  return new WirehallError("INVALID_KEY", message);
}

/** The narrowest range that the options name; it may be empty. */
function rangeFor(options: ListOptions): CellRange {
  const { prefix = "", start, startAfter, end, reverse, limit } = options;
  for (const bound of [prefix, start, startAfter, end]) checkBound(bound);
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new WirehallError(
      "INVALID_ARGUMENT",
      `limit is ${String(limit)}: it must be a whole number from 0 up`,
    );
  }
  const range = rangeOf(area.value, prefix);
  const starts = [range.start];
  if (start !== undefined) starts.push(area.value + start);
  // There is no key between one and the same with U+0000.
  if (startAfter !== undefined) starts.push(`${area.value}${startAfter}\0`);
  const ends = end === undefined ? [range.end] : [range.end, area.value + end];
  const [first] = starts.sort(compareKeys).reverse();
  return { start: first, end: ends.sort(compareKeys)[0], reverse };
}

function checkBound(bound: unknown): void {
  if (bound === undefined) return;
  if (typeof bound === "string" && bound.isWellFormed()) return;
  throw invalidKey("prefix, start, startAfter and end are text without half of a surrogate pair");
}
