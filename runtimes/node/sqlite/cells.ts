import type { DatabaseSync, StatementSync } from "node:sqlite";
import { WirehallError } from "../../../src/errors.ts";
import type { Cell, CellRange } from "../../../src/rooms/store.ts";

type Row = readonly [key: string, value: Uint8Array];

/** The cells of all rooms of a file. */
export class CellTable {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #clear: StatementSync;
  readonly #forward: StatementSync;
  readonly #backward: StatementSync;

  constructor(database: DatabaseSync) {
    const range =
      "SELECT key, value FROM _wirehall_cell WHERE room = ? AND key >= ? AND key < ? ORDER BY key";
    this.#get = database.prepare("SELECT value FROM _wirehall_cell WHERE room = ? AND key = ?");
    this.#put = database.prepare(
      "INSERT INTO _wirehall_cell VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    );
    this.#remove = database.prepare("DELETE FROM _wirehall_cell WHERE room = ? AND key = ?");
    this.#clear = database.prepare("DELETE FROM _wirehall_cell WHERE room = ?");
    this.#forward = database.prepare(`${range} LIMIT ?`);
    this.#backward = database.prepare(`${range} DESC LIMIT ?`);
    this.#forward.setReturnArrays(true);
    this.#backward.setReturnArrays(true);
  }

  get(room: number, key: string): Uint8Array | undefined {
    return reading(() => this.#get.get(room, key)?.value as Uint8Array | undefined);
  }

  list(room: number, { start, end, reverse, limit = -1 }: CellRange): readonly Cell[] {
    const statement = reverse ? this.#backward : this.#forward;
    const most = Number.isFinite(limit) ? limit : -1;
    return reading(() => statement.all(room, start, end, most) as unknown as Row[]);
  }

  write(room: number, cells: ReadonlyMap<string, Uint8Array | undefined>): void {
    for (const [key, value] of cells) {
      if (value === undefined) this.#remove.run(room, key);
      else this.#put.run(room, key, value);
    }
  }

  clear(room: number): void {
    this.#clear.run(room);
  }
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const { message } = cause as Error;
    throw new WirehallError("STORAGE_FAILED", `what the room keeps can't be read: ${message}`, { cause });
  }
}
