import { compareKeys } from "../cells.ts";
import type { Cell, CellRange, Kept, Store, Writes } from "../store.ts";

/** A store in this process's memory: what it keeps is lost when the process ends. */
export class MemoryStore implements Store {
  readonly #cells = new Map<string, Uint8Array>();
  /** The keys in order, made when they are asked for. */
  #keys: string[] | undefined;
  readonly #changed: () => void;

  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  get isEmpty(): boolean {
    return this.#cells.size === 0;
  }

  get(key: string): Uint8Array | undefined {
    return this.#cells.get(key);
  }

  list({ start, end, reverse = false, limit = Number.POSITIVE_INFINITY }: CellRange): readonly Cell[] {
    this.#keys ??= [...this.#cells.keys()].sort(compareKeys);
    const keys = this.#keys.slice(this.#indexOf(start), this.#indexOf(end));
    if (reverse) keys.reverse();
    return keys.slice(0, limit).map((key) => [key, this.#cells.get(key) as Uint8Array]);
  }

  commit({ clears, cells }: Writes, kept: Kept): void {
    if (clears) this.#clear();
    for (const [key, value] of cells) {
      if (value === undefined) this.#remove(key);
      else this.#put(key, value);
    }
    this.#changed();
    kept();
  }

  #put(key: string, value: Uint8Array): void {
    if (!this.#cells.has(key)) this.#keys?.splice(this.#indexOf(key), 0, key);
    this.#cells.set(key, value);
  }

  #remove(key: string): void {
    if (this.#cells.delete(key)) this.#keys?.splice(this.#indexOf(key), 1);
  }

  #clear(): void {
    this.#cells.clear();
    this.#keys = undefined;
  }

  /** Where the key is, or would be, among the keys. */
  #indexOf(key: string): number {
    const keys = this.#keys as string[];
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(keys[middle], key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
