import { WirehallError } from "../../src/errors.ts";
import type { SqlBound, SqlEngine, SqlResult } from "../../src/rooms/sql/engine.ts";
import type { DurableStorage } from "./platform.ts";

/** A room's SQL in its Durable Object. */
export class DurableSql implements SqlEngine {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  exec(query: string, bindings: readonly SqlBound[]): SqlResult {
    try {
      const cursor = this.#storage.sql.exec(query, ...bindings);
      return { columnNames: cursor.columnNames, rows: [...cursor.raw()] };
    } catch (cause) {
      throw sqlError(cause);
    }
  }

  transaction<T>(act: () => T): T {
    return this.#storage.transactionSync(act);
  }
}

function sqlError(cause: unknown): WirehallError {
  const { message } = cause as Error;
  if (/\btransactionSync\(\)/.test(message)) {
    return new WirehallError(
      "SQL_REFUSED",
      "a room's SQL may begin and end no transaction: its turn is one",
      {
        cause,
      },
    );
  }
  const code = /\bnot authorized\b|\bprohibited\b/.test(message) ? "SQL_REFUSED" : "SQL_FAILED";
  return new WirehallError(code, message, { cause });
}
