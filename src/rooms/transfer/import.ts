import { type Awaitable, chain } from "../../endpoint/awaitable.ts";
import { WirehallError } from "../../errors.ts";
import { area } from "../cells.ts";
import type { SqlBound, SqlEngine } from "../sql/engine.ts";
import { cellOf } from "../storage.ts";
import type { Store, Writes } from "../store.ts";
import { decode } from "../value/decode.ts";
import { encode } from "../value/encode.ts";
import { VALUE } from "../value/use.ts";
import { ALL } from "./export.ts";
import { quoted } from "./export-sql.ts";
import { fromBase64, type Line, LineReader, type SqlText } from "./line.ts";

/** How much is kept at a time. */
const BATCH_BYTES = 1024 * 1024;

/** While it is there, the room holds a part of an import, and no more. */
const IMPORTING = `${area.library}importing`;
const NOTHING: ReadonlyMap<string, Uint8Array | undefined> = new Map();

/** Clears a room whose import was cut off, as by the end of the process. */
export function clearHalfImport(store: Store): Awaitable<void> {
  return chain(store.get(IMPORTING), (half) =>
    half === undefined ? undefined : keep(store, { clears: true, cells: NOTHING }),
  );
}

/**
 * Puts what an export holds into a room that keeps nothing, whole or not at all.
 *
 * Throws `ROOM_NOT_EMPTY`, `IMPORT_INVALID`, and what the store throws.
 */
export async function importInto(store: Store, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await clearHalfImport(store);
  if (await keepsSomething(store)) {
    throw new WirehallError(
      "ROOM_NOT_EMPTY",
      "this room keeps something already: import into one that is new",
    );
  }
  try {
    await keep(store, { clears: false, cells: new Map([[IMPORTING, new Uint8Array(1)]]) });
    const reader = new LineReader();
    const batch = new Batch(store);
    for await (const chunk of chunks) {
      for (const line of reader.read(chunk)) {
        reader.using(() => batch.add(line));
        await batch.keepIfLarge();
      }
    }
    reader.end();
    await batch.finish();
  } catch (error) {
    await keep(store, { clears: true, cells: NOTHING });
    throw error;
  }
}

async function keepsSomething(store: Store): Promise<boolean> {
  if ((await store.list({ ...ALL, limit: 1 })).length > 0) return true;
  const own = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'";
  const tables = `SELECT 1 FROM sqlite_schema WHERE ${own} AND name NOT LIKE '\\_wirehall\\_%' ESCAPE '\\' LIMIT 1`;
  return store.sql !== undefined && store.sql.exec(tables, []).rows.length > 0;
}

/** Collects what is kept together. */
class Batch {
  readonly #store: Store;
  #cells = new Map<string, Uint8Array | undefined>();
  #statements: ((engine: SqlEngine) => void)[] = [];
  #bytes = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  add(line: Line): void {
    if ("key" in line) {
      const value = "bytes" in line ? decode(fromBase64(line.bytes)) : line.value;
      this.#cell(cellOf(line.key), encode(value, VALUE));
    } else if ("cell" in line) {
      this.#cell(line.cell, fromBase64(line.bytes));
    } else if ("sql" in line) {
      this.#statement(line.sql.length, (engine) => engine.exec(line.sql, []));
    } else if ("table" in line) {
      this.#rows(line.table, line.columns, line.rows);
    }
  }

  async keepIfLarge(): Promise<void> {
    if (this.#bytes >= BATCH_BYTES) await this.#keep();
  }

  async finish(): Promise<void> {
    this.#cells.set(IMPORTING, undefined);
    await this.#keep();
  }

  #cell(key: string, bytes: Uint8Array): void {
    if (typeof key !== "string" || key === "") throw new TypeError("a cell has a key");
    this.#cells.set(key, bytes);
    this.#bytes += key.length + bytes.length;
  }

  #rows(table: string, columns: readonly string[], rows: readonly SqlText[][]): void {
    const names = columns.map(quoted).join(", ");
    for (const row of rows) {
      const bound = row.map(boundOf);
      const values = bound.map(({ cast }) => cast).join(", ");
      const query = `INSERT INTO ${quoted(table)} (${names}) VALUES (${values})`;
      const bindings = bound.map(({ value }) => value);
      const size = bindings.reduce((sum: number, value) => sum + sizeOf(value), 0);
      this.#statement(size, (engine) => engine.exec(query, bindings));
    }
  }

  #statement(bytes: number, run: (engine: SqlEngine) => void): void {
    this.#statements.push(run);
    this.#bytes += bytes;
  }

  async #keep(): Promise<void> {
    const writes: Writes = { clears: false, cells: this.#cells };
    const statements = this.#statements;
    this.#cells = new Map();
    this.#statements = [];
    this.#bytes = 0;
    if (statements.length === 0) return await keep(this.#store, writes);
    const engine = this.#store.sql;
    if (engine === undefined) {
      throw new WirehallError(
        "SQL_OFF",
        "the export has tables, and this class of rooms no static sql = true",
      );
    }
    await new Promise<void>((resolve, reject) => {
      engine.transaction(() => {
        for (const run of statements) run(engine);
        this.#store.commit(writes, (error) => (error === undefined ? resolve() : reject(error)));
      });
    });
  }
}

/** How a value is bound so that it comes back of the same type: a driver binds any number as one that is not whole. */
function boundOf(value: SqlText): { cast: string; value: SqlBound } {
  if (typeof value === "number") return { cast: "CAST(? AS INTEGER)", value: String(value) };
  if (value === null || typeof value === "string") return { cast: "?", value };
  if ("integer" in value) return { cast: "CAST(? AS INTEGER)", value: value.integer };
  if ("bytes" in value) return { cast: "?", value: fromBase64(value.bytes) };
  if (value.real === "Infinity") return { cast: "9e999 * ?", value: 1 };
  if (value.real === "-Infinity") return { cast: "-9e999 * ?", value: 1 };
  return { cast: "CAST(? AS REAL)", value: value.real };
}

function sizeOf(value: SqlBound): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
}

function keep(store: Store, writes: Writes): Promise<void> {
  return new Promise((resolve, reject) => {
    store.commit(writes, (error) => (error === undefined ? resolve() : reject(error)));
  });
}
