import { type Awaitable, isPromise } from "../endpoint/awaitable.ts";
import type { Clock } from "../endpoint/clock.ts";
import type { Log } from "../endpoint/log.ts";
import { WirehallError } from "../errors.ts";
import { NORMAL_CLOSURE } from "../protocol/mod.ts";
import { carryLink, enterLink, leaveLink } from "./chain.ts";
import { Commits } from "./commits.ts";
import type { Hook } from "./hooks.ts";
import type { RoomLimits } from "./limits.ts";
import type { Occupant } from "./occupant.ts";
import type { SqlEngine } from "./sql/engine.ts";
import { inAsyncTurn } from "./sql/room-sql.ts";
import type { Store } from "./store.ts";
import type { Tracing } from "./tracing.ts";
import { type Outcome, Turn, type TurnHolder, type TurnOptions } from "./turn.ts";

/** What is the same for all turns of a room. */
export interface TurnsOptions extends RoomLimits {
  /** The room's name, for people. */
  readonly name: string;
  /** The room in chains of calls. */
  readonly room: string;
  readonly store: Store;
  readonly tracing: Tracing;
  readonly log: Log;
  readonly clock: Clock;
  /** An instance may not be used any more: its turn has failed, or has destroyed the room. */
  discarded(occupant: Occupant): void;
}

/** Runs the turns of one room: each hook to its end, then the commit, then the release, in the order of the turns. */
export class Turns {
  readonly commits: Commits = new Commits((turn) => this.#settle(turn));
  readonly #options: TurnsOptions;
  readonly #turnOptions: TurnOptions;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#turnOptions = { room: options.room, maxTurnBytes: options.maxTurnBytes };
  }

  /**
   * Has an instance handle an event as a turn; resolves when that is done, which its commit need not be.
   *
   * Nothing is thrown: the outcome is told.
   */
  run<A, B, T>(
    occupant: Occupant,
    hook: Hook<A, B, T>,
    a: A,
    b: B,
    before: readonly string[],
    outcome: Outcome<A, T>,
  ): Awaitable<void> {
    const turn = new Turn(this.#turnOptions, occupant, before, outcome, a);
    occupant.current = turn;
    const outer = enterLink(turn);
    let result: Awaitable<T>;
    try {
      result =
        occupant.engine === undefined
          ? this.#call(turn, hook, occupant, a, b)
          : this.#callInTransaction(occupant.engine, turn, hook, occupant, a, b);
    } catch (error) {
      return this.#fail(occupant, turn, error);
    } finally {
      leaveLink(outer);
    }
    if (isPromise(result)) return this.#await(occupant, turn, result);
    this.#finish(occupant, turn, result);
  }

  #call<A, B, T>(turn: Turn, hook: Hook<A, B, T>, occupant: Occupant, a: A, b: B): Awaitable<T> {
    const { tracing } = this.#options;
    const result = tracing.isNeeded(hook.name)
      ? carryLink(turn, hook.handle, occupant, a, b)
      : hook.handle(occupant, a, b);
    if (isPromise(result)) {
      tracing.need(hook.name);
      turn.mayWriteSql = false;
    }
    return result;
  }

  /** A hook that is not asynchronous runs whole in its transaction, and what else the turn writes with it. */
  #callInTransaction<A, B, T>(
    engine: SqlEngine,
    turn: Turn,
    hook: Hook<A, B, T>,
    occupant: Occupant,
    a: A,
    b: B,
  ): Awaitable<T> {
    return engine.transaction(() => {
      const result = this.#call(turn, hook, occupant, a, b);
      if (!isPromise(result)) this.#seal(occupant, turn);
      else if (turn.wroteSql) {
        result.then(undefined, () => {});
        throw inAsyncTurn();
      }
      return result;
    });
  }

  #await(occupant: Occupant, turn: Turn, result: Promise<unknown>): Promise<void> {
    const { clock, turnTimeoutMs } = this.#options;
    return new Promise((resolve) => {
      let isLate = false;
      const cancel = clock.after(turnTimeoutMs, () => {
        isLate = true;
        const error = tooLong(turnTimeoutMs);
        this.#fail(occupant, turn, error);
        turn.abort(error);
        resolve();
      });
      const settled = (end: () => void) => {
        if (isLate) return;
        cancel();
        end();
        resolve();
      };
      result.then(
        (value) => settled(() => this.#finish(occupant, turn, value)),
        (error) => settled(() => this.#fail(occupant, turn, error)),
      );
    });
  }

  /** The hook has settled: the turn's writes are handed to the store, and it is released when its time comes. */
  #finish(occupant: Occupant, turn: Turn, result: unknown): void {
    const { engine } = occupant;
    try {
      if (engine === undefined || turn.isSealed) this.#seal(occupant, turn);
      else engine.transaction(() => this.#seal(occupant, turn));
      // What removes the room is no part of a transaction.
      if (turn.clears) this.#write(occupant, turn);
    } catch (error) {
      this.#fail(occupant, turn, error);
      return;
    }
    this.#end(occupant, turn);
    turn.result = result;
    if (turn.clears) {
      turn.hold(0, { release: () => occupant.members.dismiss(NORMAL_CLOSURE, "the room was destroyed") });
      this.#options.discarded(occupant);
    }
    this.commits.add(turn);
  }

  /** Hands over what the turn writes, once: nothing can be added to it any more. */
  #seal(occupant: Occupant, turn: Turn): void {
    if (turn.isSealed) return;
    if (occupant.failure !== undefined) throw occupant.failure.error;
    turn.runCommits();
    turn.isSealed = true;
    if (turn.writes && !turn.clears) this.#write(occupant, turn);
  }

  #write(occupant: Occupant, turn: Turn): void {
    turn.isKept = false;
    try {
      this.#options.store.commit(turn, (error) => {
        if (error !== undefined) return this.#lost(occupant, this.#commitFailed(error));
        turn.isKept = true;
        this.commits.advance();
      });
    } catch (error) {
      throw this.#commitFailed(error);
    }
  }

  /** A commit has failed: what rests on it fails too. */
  #lost(occupant: Occupant, error: unknown): void {
    occupant.failure = { error };
    occupant.current?.abort(error);
    occupant.current = undefined;
    this.#options.discarded(occupant);
    this.commits.fail(error);
  }

  /** The turn has failed: nothing of it happens, and what it did to the room's fields goes with the instance. */
  #fail(occupant: Occupant, turn: Turn, error: unknown): void {
    this.#end(occupant, turn);
    this.#options.discarded(occupant);
    turn.failure = { error };
    turn.isKept = true;
    this.commits.add(turn);
  }

  #end(occupant: Occupant, turn: Turn): void {
    turn.isOver = true;
    if (occupant.current === turn) occupant.current = undefined;
  }

  /** The turn's time has come. */
  #settle(turn: Turn): void {
    if (turn.failure !== undefined) {
      turn.fail(turn.failure.error);
      return;
    }
    turn.release();
    const afters = turn.takeAfters();
    if (afters.length > 0) this.#runAfters(afters, turn.occupant);
  }

  /** In no turn, though the next may have begun while this one waited for its commit. */
  #runAfters(afters: readonly (() => unknown)[], occupant: TurnHolder): void {
    const { current } = occupant;
    const outer = enterLink(undefined);
    occupant.current = undefined;
    for (const act of afters) this.#runAfter(act);
    occupant.current = current;
    leaveLink(outer);
  }

  #runAfter(act: () => unknown): void {
    const failed = (error: unknown) =>
      this.#logError("after-threw", "what this.after was given failed", error);
    try {
      const result = act();
      if (isPromise(result)) result.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Told once for all turns that it takes with it. */
  #commitFailed(cause: unknown): WirehallError {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#logError(
      "commit-failed",
      `what turns wrote could not be kept, and nothing of them was sent: ${why}`,
      cause,
    );
    return new WirehallError("COMMIT_FAILED", `what the turn wrote could not be kept: ${why}`, { cause });
  }

  #logError(event: string, what: string, error: unknown): void {
    const message = `room ${JSON.stringify(this.#options.name)}: ${what}`;
    this.#options.log({ level: "error", event, message, error });
  }
}

function tooLong(turnTimeoutMs: number): WirehallError {
  return new WirehallError(
    "TURN_TIMEOUT",
    `a turn took longer than turnTimeoutMs, ${turnTimeoutMs} ms: heed this.signal, or do what takes long in this.after`,
  );
}
