import { type RoomKind, roomKey } from "../access.ts";
import type { Store } from "../store.ts";
import { MemoryStore } from "./store.ts";

/** Where the rooms of a hall in this process keep what they keep. */
export interface HallStorage {
  /** The store of a room; it is asked for once for as long as the room is in memory. */
  open(kind: RoomKind, name: string): Store;
  /** No store is used any more. */
  close(): void;
}

/** In memory: what rooms keep outlives their time there, but not the process. */
export class MemoryStorage implements HallStorage {
  readonly #stores = new Map<string, MemoryStore>();
  readonly #onFirstWrite: () => void;
  #isWritten = false;

  constructor(onFirstWrite: () => void = () => {}) {
    this.#onFirstWrite = onFirstWrite;
  }

  open({ key }: RoomKind, name: string): Store {
    const room = roomKey(key, name);
    const known = this.#stores.get(room);
    if (known !== undefined) return known;
    const store: MemoryStore = new MemoryStore(() => {
      if (!this.#isWritten) this.#onFirstWrite();
      this.#isWritten = true;
      // Of a room that keeps nothing, nothing is kept.
      if (store.isEmpty) this.#stores.delete(room);
      else this.#stores.set(room, store);
    });
    return store;
  }

  close(): void {}
}
