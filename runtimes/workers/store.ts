import type { SqlEngine } from "../../src/rooms/sql/engine.ts";
import type { Cell, CellRange, Kept, Store, Writes } from "../../src/rooms/store.ts";
import type { DurableStorage } from "./platform.ts";
import { DurableSql } from "./sql.ts";

/** What a room keeps in its Durable Object: in its key-value part, which SQL does not see. */
export class DurableStore implements Store {
  readonly sql: SqlEngine;
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.sql = new DurableSql(storage);
    this.#storage = storage;
  }

  get(key: string): Uint8Array | undefined {
    return this.#storage.kv.get(key);
  }

  list({ start, end, reverse, limit }: CellRange): readonly Cell[] {
    const most = limit === undefined || limit === Number.POSITIVE_INFINITY ? undefined : limit;
    return [...this.#storage.kv.list({ start, end, reverse, limit: most })];
  }

  /**
   * Each turn has a transaction of its own; those of one task are one commit to the platform, whose output gate holds
   * back what is sent from here on until it is on disk.
   */
  commit({ clears, cells }: Writes, kept: Kept): void {
    if (clears) {
      this.#storage.deleteAll().then(() => kept(), kept);
      return;
    }
    const { kv } = this.#storage;
    this.#storage.transactionSync(() => {
      for (const [key, value] of cells) {
        if (value === undefined) kv.delete(key);
        else kv.put(key, value);
      }
    });
    kept();
  }
}
