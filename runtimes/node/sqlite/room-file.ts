import { rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { SqlBound, SqlEngine, SqlResult } from "../../../src/rooms/sql/engine.ts";
import type { Cell, CellRange, Kept, Store, Writes } from "../../../src/rooms/store.ts";
import { RoomAuthorizer } from "./authorizer.ts";
import { CellTable } from "./cells.ts";
import { CommitGroup } from "./group.ts";
import { openFile } from "./open.ts";
import { Statements } from "./statements.ts";

/** The only room of its file. */
const ROOM = 0;

interface Open {
  readonly database: DatabaseSync;
  readonly cells: CellTable;
  readonly group: CommitGroup;
  readonly authorizer: RoomAuthorizer;
  readonly statements: Statements;
}

/**
 * A room with SQL in a file of its own, with all else that it keeps: so one transaction holds both.
 *
 * Without a path it is in memory. The file is closed while the room is not in memory.
 */
export class RoomFile implements Store, SqlEngine {
  readonly #path: string | undefined;
  #opened: Open | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  get sql(): SqlEngine {
    return this;
  }

  get(key: string): Uint8Array | undefined {
    return this.#open.cells.get(ROOM, key);
  }

  list(range: CellRange): readonly Cell[] {
    return this.#open.cells.list(ROOM, range);
  }

  commit({ clears, cells }: Writes, kept: Kept): void {
    if (clears) this.#erase();
    if (clears && cells.size === 0) {
      kept();
      return;
    }
    const { group, cells: table } = this.#open;
    group.run(() => table.write(ROOM, cells));
    group.whenKept(kept);
  }

  exec(query: string, bindings: readonly SqlBound[]): SqlResult {
    const { authorizer, statements } = this.#open;
    return authorizer.run(() => statements.exec(query, bindings));
  }

  transaction<T>(act: () => T): T {
    return this.#open.group.run(act);
  }

  rest(): void {
    if (this.#path !== undefined) this.close();
  }

  close(): void {
    this.#opened?.group.flush();
    this.#opened?.database.close();
    this.#opened = undefined;
  }

  get #open(): Open {
    this.#opened ??= open(this.#path);
    return this.#opened;
  }

  /** The file goes first: what is left of it without its file is nothing. */
  #erase(): void {
    const failure = this.#opened?.group.flush();
    if (failure !== undefined) throw failure;
    this.close();
    if (this.#path === undefined) return;
    for (const end of ["", "-wal", "-shm"]) rmSync(this.#path + end, { force: true });
  }
}

function open(path: string | undefined): Open {
  const database = openFile(path, () => "another process");
  try {
    return {
      database,
      cells: new CellTable(database),
      group: new CommitGroup(database),
      authorizer: new RoomAuthorizer(database),
      statements: new Statements(database),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
