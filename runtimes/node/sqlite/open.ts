import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import type { DatabaseSync } from "node:sqlite";
import { WirehallError } from "../../../src/errors.ts";

/** Tells our files from those of other programs: "Wire" in ASCII. */
const APPLICATION_ID = 0x57697265;

/** The version of our tables. */
const VERSION = 1;

/** What our files begin with, before any table of a room. */
const SCHEMA = `
  CREATE TABLE _wirehall_room (id INTEGER PRIMARY KEY, room TEXT NOT NULL UNIQUE);
  CREATE TABLE _wirehall_cell (
    room INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (room, key)
  ) WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/**
 * Opens a file of ours, or makes it, so that nobody else can use it meanwhile and a commit is on disk when it returns.
 *
 * Without a path it is in memory. Throws `HALL_IN_USE` where another has it, `HALL_UNREADABLE` for what is no file of
 * ours, `HALL_UNWRITABLE` where it can't be written.
 */
export function openFile(path: string | undefined, owner: () => string): DatabaseSync {
  const shown = path === undefined ? "the memory of SQLite" : `the hall's file ${path}`;
  let database: DatabaseSync | undefined;
  try {
    if (path !== undefined) mkdirSync(dirname(path), { recursive: true });
    const { DatabaseSync } = sqlite();
    database = new DatabaseSync(path ?? ":memory:");
    // The lock is the system's: it is gone with the process, however that ends.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    prepare(database, shown);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof WirehallError) throw cause;
    throw openError(cause, shown, owner);
  }
}

/** Asked for when it is needed: where the storage is in memory, the platform may lack it. */
function sqlite(): typeof import("node:sqlite") {
  const found = process.getBuiltinModule("node:sqlite") as typeof import("node:sqlite") | undefined;
  if (found !== undefined) return found;
  throw new WirehallError("CAPABILITY", 'this platform has no node:sqlite: use storage: "memory"');
}

/** Makes the tables of a new file, and takes the lock for writing of any. */
function prepare(database: DatabaseSync, shown: string): void {
  database.exec("BEGIN IMMEDIATE");
  const id = numberOf(database, "application_id");
  const version = numberOf(database, "user_version");
  const isNew = id === 0 && database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (isNew) {
    database.exec(SCHEMA);
  } else if (id !== APPLICATION_ID) {
    throw unreadable(`${shown} is a database of another program: choose another path`);
  } else if (version !== VERSION) {
    throw unreadable(
      `${shown} has version ${version}, and this Wirehall reads version ${VERSION}: use the Wirehall that wrote it`,
    );
  }
  database.exec("COMMIT");
}

function numberOf(database: DatabaseSync, pragma: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
}

/** By what SQLite says, which is the same everywhere; not every driver has its code in each error. */
function openError(cause: unknown, shown: string, owner: () => string): WirehallError {
  const { message, code } = cause as { message: string; code?: string };
  if (/database is locked/.test(message)) {
    const text = `${shown} is in use by ${owner()}: one process has a hall at a time`;
    return new WirehallError("HALL_IN_USE", text, { cause });
  }
  if (/not a database|malformed/.test(message)) {
    return unreadable(
      `${shown} can't be read (${message}): put a copy of it back, or choose another path`,
      cause,
    );
  }
  return new WirehallError(
    "HALL_UNWRITABLE",
    `${shown} can't be opened for writing (${code?.startsWith("E") && !code.startsWith("ERR") ? code : message}): ` +
      "look at the folder, its rights and the space on the disk",
    { cause },
  );
}

function unreadable(message: string, cause?: unknown): WirehallError {
  return new WirehallError("HALL_UNREADABLE", message, { cause });
}
