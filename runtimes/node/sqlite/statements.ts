import type { DatabaseSync, StatementSync } from "node:sqlite";
import { WirehallError } from "../../../src/errors.ts";
import type { SqlBound, SqlResult, SqlValue } from "../../../src/rooms/sql/engine.ts";
import { withoutBlank } from "../../../src/rooms/sql/statement.ts";

/** Statements are kept for when they come again. */
const MAX_KEPT = 100;

interface Prepared {
  readonly statement: StatementSync;
  readonly columnNames: readonly string[];
  /** How many bindings it takes. */
  count: number | undefined;
}

/**
 * A room's queries, with what `node:sqlite` does otherwise than a Durable Object put right: `prepare` takes the first
 * statement alone, missing bindings are NULL, large integers throw, and a statement that is none ends Deno.
 */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #kept = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  exec(query: string, bindings: readonly SqlBound[]): SqlResult {
    if (query.includes("\0")) throw failed("a query has no U+0000");
    let rest = withoutBlank(query);
    if (rest === "") throw failed("the query has no statement");
    for (;;) {
      const prepared = this.#kept.get(rest) ?? this.#prepare(rest);
      // What SQLite says is the first statement's text.
      const text = prepared.statement.sourceSQL;
      const tail = withoutBlank(rest.slice(text.length));
      const result = this.#run(prepared, text, tail === "" ? bindings : []);
      if (tail === "") {
        this.#keep(rest, prepared);
        return result;
      }
      rest = tail;
    }
  }

  #prepare(text: string): Prepared {
    const statement = this.#database.prepare(text);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    return { statement, columnNames: statement.columns().map(({ name }) => name), count: undefined };
  }

  #run(prepared: Prepared, text: string, bindings: readonly SqlBound[]): SqlResult {
    const { length } = bindings;
    if (prepared.count === undefined && this.#takes(text, length)) prepared.count = length;
    if (prepared.count !== length)
      throw failed(`the statement takes another number of bindings than ${length}`);
    const rows = prepared.statement.all(...bindings) as unknown as unknown[][];
    return { columnNames: prepared.columnNames, rows: rows.map((row) => row.map(readable)) };
  }

  #keep(text: string, prepared: Prepared): void {
    if (this.#kept.has(text)) return;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT) this.#kept.delete(oldest);
    this.#kept.set(text, prepared);
  }

  /** To explain a statement is to bind what it binds, and to run nothing: so many bindings fit, and not one more. */
  #takes(text: string, count: number): boolean {
    if (/^explain\b/i.test(text)) return true;
    const explain = this.#database.prepare(`EXPLAIN ${text}`);
    return fits(explain, count) && !fits(explain, count + 1);
  }
}

function fits(statement: StatementSync, count: number): boolean {
  try {
    statement.all(...new Array<null>(count).fill(null));
    return true;
  } catch (error) {
    if (/column index out of range/.test((error as Error).message)) return false;
    throw error;
  }
}

function readable(value: unknown): SqlValue {
  // As in a Durable Object, an integer beyond 2^53 is rounded.
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return value.slice().buffer as ArrayBuffer;
  return value as SqlValue;
}

function failed(message: string): WirehallError {
  return new WirehallError("SQL_FAILED", message);
}
