import { readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cell, CellRange, Kept, Store, Writes } from "../../../src/rooms/store.ts";
import { CellTable } from "./cells.ts";
import { CommitGroup } from "./group.ts";
import { openFile } from "./open.ts";

/** The file in which the rooms of a hall keep what they keep, but those with SQL. It is this process's alone. */
export class HallFile {
  readonly #pidPath: string;
  readonly #database: DatabaseSync;
  readonly #cells: CellTable;
  readonly #group: CommitGroup;
  readonly #find: StatementSync;
  readonly #enter: StatementSync;
  readonly #erase: StatementSync;
  #nextId: number;

  constructor(path: string) {
    this.#pidPath = `${path}.pid`;
    this.#database = openFile(path, () => ownerBy(this.#pidPath));
    writeFileSync(this.#pidPath, `${process.pid}\n`);
    this.#cells = new CellTable(this.#database);
    this.#group = new CommitGroup(this.#database);
    this.#find = this.#database.prepare("SELECT id FROM _wirehall_room WHERE room = ?");
    this.#enter = this.#database.prepare("INSERT OR IGNORE INTO _wirehall_room VALUES (?, ?)");
    this.#erase = this.#database.prepare("DELETE FROM _wirehall_room WHERE id = ?");
    const last = this.#database.prepare("SELECT max(id) AS id FROM _wirehall_room").get()?.id;
    this.#nextId = Number(last ?? 0) + 1;
  }

  /** The store of a room, by the name that chains know it by. */
  open(room: string): Store {
    const known = this.#find.get(room)?.id as number | undefined;
    const id = known ?? this.#nextId++;
    let isEntered = known !== undefined;
    const commit = ({ clears, cells }: Writes, kept: Kept) => {
      this.#group.run(() => {
        if (clears) this.#cells.clear(id);
        if (clears && cells.size === 0) this.#erase.run(id);
        else if (!isEntered || clears) this.#enter.run(id, room);
        this.#cells.write(id, cells);
      });
      this.#group.whenKept((error) => {
        if (error === undefined) isEntered = !(clears && cells.size === 0);
        kept(error);
      });
    };
    return {
      get: (key: string) => this.#cells.get(id, key),
      list: (range: CellRange): readonly Cell[] => this.#cells.list(id, range),
      commit,
    };
  }

  close(): void {
    this.#group.flush();
    this.#database.close();
    rmSync(this.#pidPath, { force: true });
  }
}

/** Whoever has the file, as far as it has told. */
function ownerBy(pidPath: string): string {
  try {
    const pid = readFileSync(pidPath, "utf8").trim();
    return pid === `${process.pid}` ? `this process (pid ${pid})` : `pid ${pid}`;
  } catch {
    return "another process";
  }
}
