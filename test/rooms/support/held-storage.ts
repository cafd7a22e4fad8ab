import type { HallStorage } from "../../../src/rooms/local/storage.ts";
import { MemoryStore } from "../../../src/rooms/local/store.ts";
import type { Kept, Store, Writes } from "../../../src/rooms/store.ts";

interface Commit {
  readonly store: HeldStore;
  readonly writes: Writes;
  readonly kept: Kept;
}

/** Keeps what is written when the test says so, or loses it: a disk in slow motion. */
export class HeldStorage implements HallStorage {
  readonly #stores = new Map<string, HeldStore>();
  #waiting: Commit[] = [];
  #changed: (() => void) | undefined;
  /** Refuses the next writes at once, as a full disk may. */
  refuses = false;

  open({ key }: { readonly key: string }, name: string): Store {
    const known = this.#stores.get(`${key} ${name}`);
    if (known !== undefined) return known;
    const store = new HeldStore((commit) => this.#take(commit));
    this.#stores.set(`${key} ${name}`, store);
    return store;
  }

  close(): void {}

  /** What is kept of a room. */
  kept(key: string, name: string): MemoryStore {
    return (this.open({ key }, name) as HeldStore).kept;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when so many commits wait. */
  async until(count: number): Promise<void> {
    while (this.#waiting.length < count) {
      const change = Promise.withResolvers<void>();
      this.#changed = change.resolve;
      await change.promise;
    }
  }

  /** All that waits is kept. */
  keep(): void {
    for (const { store, writes, kept } of this.#waiting.splice(0)) {
      store.kept.commit({ clears: writes.clears, cells: new Map(writes.cells) }, () => {});
      kept();
    }
  }

  /** All that waits is lost. */
  lose(error: unknown): void {
    for (const store of this.#stores.values()) store.forget();
    for (const { kept } of this.#waiting.splice(0)) kept(error);
  }

  #take(commit: Commit): void {
    if (this.refuses) throw new Error("the disk is full");
    this.#waiting.push(commit);
    this.#changed?.();
  }
}

class HeldStore implements Store {
  readonly kept: MemoryStore = new MemoryStore();
  readonly #commit: (commit: Commit) => void;
  #taken: MemoryStore;

  constructor(commit: (commit: Commit) => void) {
    this.#commit = commit;
    this.#taken = new MemoryStore();
  }

  get(key: string): Uint8Array | undefined {
    return this.#taken.get(key);
  }

  list(...range: Parameters<MemoryStore["list"]>): ReturnType<MemoryStore["list"]> {
    return this.#taken.list(...range);
  }

  commit(writes: Writes, kept: Kept): void {
    this.#commit({ store: this, writes, kept });
    this.#taken.commit(writes, () => {});
  }

  /** What was taken and not kept is gone. */
  forget(): void {
    this.#taken = new MemoryStore();
    const all = this.kept.list({ start: "\u0001", end: "\u{10ffff}" });
    this.#taken.commit({ clears: false, cells: new Map(all) }, () => {});
  }
}
