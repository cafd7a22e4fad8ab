/** What SQLite keeps, as a Durable Object gives it. */
export type SqlValue = string | number | null | ArrayBuffer;

/** What may stand for a `?`; booleans are kept as 1 and 0. */
export type SqlBinding = string | number | boolean | null | ArrayBuffer | ArrayBufferView;

/** What an engine binds. */
export type SqlBound = string | number | null | Uint8Array<ArrayBuffer>;

export interface SqlResult {
  readonly columnNames: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** What runs the SQL of one room. */
export interface SqlEngine {
  /**
   * Runs the statements of a query; the bindings are those of the last, and so is the result.
   *
   * Throws `SQL_REFUSED` for what a room may not do (transactions, other files), `SQL_FAILED` for the rest.
   */
  exec(query: string, bindings: readonly SqlBound[]): SqlResult;
  /** Calls a function in a transaction of its own, in which a store's `commit` takes part. A throw undoes it all. */
  transaction<T>(act: () => T): T;
}
