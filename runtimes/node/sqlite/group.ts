import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Kept } from "../../../src/rooms/store.ts";

/** Statements of a savepoint; they lie in each other at most so deep. */
const DEPTHS = [0, 1];

interface Savepoint {
  readonly begin: StatementSync;
  readonly release: StatementSync;
  readonly undo: StatementSync;
}

/**
 * Commits in groups: what turns write within one round of the event loop is one transaction, with a savepoint for each
 * turn, since it is the commit that takes time.
 */
export class CommitGroup {
  readonly #database: DatabaseSync;
  readonly #savepoints: readonly Savepoint[];
  #kept: Kept[] = [];
  #isOpen = false;
  #depth = 0;
  #timer: NodeJS.Immediate | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#savepoints = DEPTHS.map((depth) => ({
      begin: database.prepare(`SAVEPOINT turn_${depth}`),
      release: database.prepare(`RELEASE turn_${depth}`),
      undo: database.prepare(`ROLLBACK TO turn_${depth}`),
    }));
  }

  /**
   * Runs a function in a savepoint of the group: a throw undoes what it did, and no more.
   *
   * Where the whole transaction is lost with it, as on a full disk, all who wait hear of that.
   */
  run<T>(act: () => T): T {
    this.#open();
    const savepoint = this.#savepoints[this.#depth];
    const waiting = this.#kept.length;
    savepoint.begin.run();
    this.#depth++;
    try {
      const result = act();
      savepoint.release.run();
      return result;
    } catch (error) {
      this.#kept.length = Math.min(waiting, this.#kept.length);
      this.#undo(savepoint, error);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** Calls back when what was written is on disk, or is lost. */
  whenKept(kept: Kept): void {
    this.#kept.push(kept);
  }

  /** Commits now; the result is what went wrong, which all who wait have heard. */
  flush(): unknown {
    if (!this.#isOpen) return undefined;
    let failure: unknown;
    try {
      this.#database.exec("COMMIT");
    } catch (error) {
      failure = error ?? new Error("the commit failed");
    }
    this.#end(failure);
    return failure;
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#database.exec("BEGIN");
    this.#isOpen = true;
    this.#timer = setImmediate(() => this.flush());
  }

  #undo({ undo, release }: Savepoint, error: unknown): void {
    try {
      undo.run();
      release.run();
    } catch {
      // SQLite has rolled back everything by itself: the savepoint is gone.
      this.#end(error);
    }
  }

  #end(failure: unknown): void {
    this.#isOpen = false;
    if (this.#timer !== undefined) clearImmediate(this.#timer);
    this.#timer = undefined;
    if (failure !== undefined) this.#rollBack();
    for (const kept of this.#kept.splice(0)) kept(failure);
  }

  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // There is no transaction any more.
    }
  }
}
