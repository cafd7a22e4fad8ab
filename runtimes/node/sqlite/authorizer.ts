import type { DatabaseSync } from "node:sqlite";
import { WirehallError } from "../../../src/errors.ts";

const OK = 0;
const DENY = 1;

/** Actions by SQLite's numbers: temporary things, transactions, savepoints, other files. */
const REFUSED = new Set([3, 4, 5, 6, 12, 13, 14, 15, 22, 32, 24, 25]);
const PRAGMA = 19;
const FUNCTION = 31;

/** What a Durable Object lets through too. */
const PRAGMAS = new Set([
  "data_version",
  "defer_foreign_keys",
  "foreign_key_check",
  "foreign_key_list",
  "foreign_keys",
  "index_info",
  "index_list",
  "index_xinfo",
  "optimize",
  "quick_check",
  "table_info",
  "table_list",
  "table_xinfo",
]);

type Authorizer = (action: number, first: string | null, second: string | null) => number;

/** Node 22.18 lacks it. */
interface Authorizing {
  setAuthorizer?(authorizer: Authorizer): void;
}

/** What a room's own SQL may do: anything within its database, but to its transactions and to our tables. */
export class RoomAuthorizer {
  #isRoom = false;

  constructor(database: DatabaseSync) {
    const authorizing = database as unknown as Authorizing;
    if (authorizing.setAuthorizer === undefined) {
      throw new WirehallError(
        "CAPABILITY",
        "static sql needs a node:sqlite with setAuthorizer: use Node 24 or later",
      );
    }
    authorizing.setAuthorizer((action, first, second) =>
      this.#isRoom && isRefused(action, first, second) ? DENY : OK,
    );
  }

  /** Runs what is the room's own. */
  run<T>(act: () => T): T {
    this.#isRoom = true;
    try {
      return act();
    } catch (cause) {
      throw sqlError(cause);
    } finally {
      this.#isRoom = false;
    }
  }
}

function isRefused(action: number, first: string | null, second: string | null): boolean {
  if (REFUSED.has(action)) return true;
  if (action === PRAGMA) return !PRAGMAS.has((first ?? "").toLowerCase());
  if (action === FUNCTION) return second === "load_extension";
  return isOurs(first) || isOurs(second);
}

function isOurs(name: string | null): boolean {
  return name?.toLowerCase().startsWith("_wirehall_") ?? false;
}

function sqlError(cause: unknown): unknown {
  if (cause instanceof WirehallError) return cause;
  const { message } = cause as Error;
  const isRefusal = /\bnot authorized\b|\bauthorization denied\b|\bprohibited\b/.test(message);
  return isRefusal
    ? new WirehallError(
        "SQL_REFUSED",
        `a room's SQL may not do this (${message}): its turn is its transaction`,
        { cause },
      )
    : new WirehallError("SQL_FAILED", message, { cause });
}
