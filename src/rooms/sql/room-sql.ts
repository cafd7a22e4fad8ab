import { WirehallError } from "../../errors.ts";
import type { Turn } from "../turn.ts";
import { SqlCursor, type SqlRow } from "./cursor.ts";
import type { SqlBinding, SqlBound, SqlEngine } from "./engine.ts";
import { writesIn } from "./statement.ts";

/**
 * A room's own SQLite database, for classes with `static sql = true`.
 *
 * A handler that is not asynchronous runs whole in its transaction, and uses it freely. One that is may read at any
 * time, and writes only in `this.commit(() => ...)`.
 */
export interface RoomSql {
  /**
   * Runs the statements of a query; each `?` of the last stands for a binding. The result is the last one's.
   *
   * Throws `ROOM_NO_TURN` outside a turn, `SQL_IN_ASYNC_TURN` for a write of a handler that has returned a promise,
   * `SQL_REFUSED` for transactions of one's own and other files, `SQL_FAILED` for what SQLite refuses, and
   * `INVALID_ARGUMENT` for a binding that it can't keep, such as a bigint.
   */
  exec<Row = SqlRow>(query: string, ...bindings: readonly SqlBinding[]): SqlCursor<Row>;
}

/** SQL as the turns of one instance of a room use it. */
export class TurnSql implements RoomSql {
  readonly engine: SqlEngine;
  readonly #turn: () => Turn;

  constructor(engine: SqlEngine, turn: () => Turn) {
    this.engine = engine;
    this.#turn = turn;
  }

  exec<Row>(query: string, ...bindings: readonly SqlBinding[]): SqlCursor<Row> {
    const turn = this.#turn();
    if (typeof query !== "string") {
      throw new WirehallError("INVALID_ARGUMENT", `a query is text, this is ${typeof query}`);
    }
    if (writesIn(query)) {
      if (!turn.mayWriteSql) throw inAsyncTurn();
      turn.wroteSql = true;
    }
    return new SqlCursor<Row>(this.engine.exec(query, bindings.map(bound)));
  }
}

export function inAsyncTurn(): WirehallError {
  return new WirehallError(
    "SQL_IN_ASYNC_TURN",
    "an asynchronous handler writes by SQL only in this.commit(() => ...), which runs when it has settled; " +
      "what it wrote before its first await was undone",
  );
}

function bound(value: SqlBinding, index: number): SqlBound {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === null || typeof value === "number") return value;
  // Some drivers take U+0000 for the end of a text that they read.
  if (typeof value === "string" && !value.includes("\0")) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `binding ${index + 1} is ${value === undefined ? "undefined" : `a ${typeof value}`}: SQL takes text without U+0000, ` +
      "numbers, booleans, null, ArrayBuffer and its views",
  );
}
