import { WirehallError } from "../../errors.ts";
import type { SqlResult, SqlValue } from "./engine.ts";

/** A row by the names of its columns; of two with one name, the last counts. */
export type SqlRow = Record<string, SqlValue>;

/** What a query gave. It was read whole, so that it lasts: bound large results by LIMIT. */
export class SqlCursor<Row = SqlRow> implements IterableIterator<Row> {
  readonly columnNames: readonly string[];
  readonly #rows: readonly (readonly SqlValue[])[];
  #at = 0;

  constructor({ columnNames, rows }: SqlResult) {
    this.columnNames = columnNames;
    this.#rows = rows;
  }

  next(): IteratorResult<Row, undefined> {
    const row = this.#rows[this.#at];
    if (row === undefined) return { done: true, value: undefined };
    this.#at++;
    return { done: false, value: this.#named(row) };
  }

  /** The rows that are left. */
  toArray(): Row[] {
    return [...this];
  }

  /** The only row. Throws `SQL_NOT_ONE` where there is none, or another. */
  one(): Row {
    const left = this.#rows.length - this.#at;
    if (left === 1) return this.toArray()[0];
    throw new WirehallError("SQL_NOT_ONE", `one() takes a result of one row, this one has ${left}`);
  }

  /** The rows that are left, as arrays of their values. */
  *raw<Values extends readonly SqlValue[]>(): IterableIterator<Values> {
    while (this.#at < this.#rows.length) yield this.#rows[this.#at++] as Values;
  }

  [Symbol.iterator](): this {
    return this;
  }

  #named(row: readonly SqlValue[]): Row {
    const named: SqlRow = {};
    for (let index = 0; index < row.length; index++) named[this.columnNames[index]] = row[index];
    return named as Row;
  }
}
