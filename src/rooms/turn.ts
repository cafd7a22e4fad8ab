import { type Awaitable, isPromise } from "../endpoint/awaitable.ts";
import { WirehallError } from "../errors.ts";
import type { Link } from "./chain.ts";
import type { HostMember } from "./host.ts";
import type { Writes } from "./store.ts";

/** Something that a turn does once it has committed. */
export interface Effect {
  release(): void;
}

/** Who is told what became of a turn. */
export interface Outcome<Subject, Result> {
  /** It has committed; what it sends follows at once. */
  committed?(result: Result, subject: Subject): void;
  /** It has committed, and what it sends was given to the transport. */
  released(result: Result, subject: Subject): void;
  /** Nothing of it was kept or sent. */
  failed(error: unknown, subject: Subject): void;
}

/** Whose turn it is: an instance of the room. */
export interface TurnHolder {
  current: Turn | undefined;
}

/** What is the same for all turns of a room. */
export interface TurnOptions {
  /** The room in chains of calls. */
  readonly room: string;
  readonly maxTurnBytes: number;
}

const NO_CELLS: ReadonlyMap<string, Uint8Array | undefined> = new Map();

/**
 * The handling of one event by a room: its effects are held until it ends, then committed as one and released, or
 * dropped when it throws.
 */
export class Turn implements Link, Writes {
  readonly before: readonly string[];
  isOver = false;
  readonly occupant: TurnHolder;
  readonly outcome: Outcome<never, never>;
  /** What the event is about, such as its member: given back to the outcome. */
  readonly subject: unknown;

  // What becomes of it, for the room's commits.
  result: unknown;
  /** Its writes are kept, or it has none. */
  isKept = true;
  /** What it writes was handed to the store. */
  isSealed = false;
  /** Nothing of it is released. */
  failure: { readonly error: unknown } | undefined;

  clears = false;
  /** Its hook is not known to be asynchronous, or is in `commit`. */
  mayWriteSql = true;
  wroteSql = false;
  readonly #options: TurnOptions;
  #bytes = 0;
  #cells: Map<string, Uint8Array | undefined> | undefined;
  #states: Map<HostMember, Uint8Array> | undefined;
  #effects: Effect[] | undefined;
  #afters: (() => unknown)[] | undefined;
  #commits: (() => unknown)[] | undefined;
  #abort: AbortController | undefined;

  constructor(
    options: TurnOptions,
    occupant: TurnHolder,
    before: readonly string[],
    outcome: Outcome<never, never>,
    subject: unknown,
  ) {
    this.#options = options;
    this.occupant = occupant;
    this.before = before;
    this.outcome = outcome;
    this.subject = subject;
  }

  get room(): string {
    return this.#options.room;
  }

  /** Bytes of all that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  get cells(): ReadonlyMap<string, Uint8Array | undefined> {
    return this.#cells ?? NO_CELLS;
  }

  get writes(): boolean {
    return this.clears || this.wroteSql || this.#cells !== undefined;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  // What the room does in it.

  /** Writes a cell; undefined removes it. A turn that has cleared its room writes nothing more. */
  write(key: string, value: Uint8Array | undefined): void {
    if (this.clears) return;
    this.#cells ??= new Map();
    const known = this.#cells.get(key);
    this.#take((value?.length ?? 0) - (known?.length ?? 0) + (this.#cells.has(key) ? 0 : key.length));
    this.#cells.set(key, value);
  }

  /** Removes all that the room has kept, before this turn and in it. */
  clear(): void {
    this.clears = true;
    this.#cells = undefined;
  }

  /** The member's state is kept when the turn commits. */
  keepState(member: HostMember, state: Uint8Array): void {
    this.#states ??= new Map();
    this.#take(state.length - (this.#states.get(member)?.length ?? 0));
    this.#states.set(member, state);
  }

  /** What is done, in order, once the turn has committed; `bytes` is what it holds till then. */
  hold(bytes: number, effect: Effect): void {
    this.#take(bytes);
    this.#effects ??= [];
    this.#effects.push(effect);
  }

  /** What runs when all of it is done. */
  after(act: () => unknown): void {
    this.#afters ??= [];
    this.#afters.push(act);
  }

  /** What runs in the turn's last transaction. */
  commit(act: () => unknown): void {
    this.#commits ??= [];
    this.#commits.push(act);
  }

  // What its room's keeper does with it.

  /** Runs what is to run in the last transaction; it may add to the turn, but not to itself. */
  runCommits(): void {
    const commits = this.#commits;
    if (commits === undefined) return;
    this.#commits = undefined;
    this.mayWriteSql = true;
    for (const act of commits) {
      if (isPromise(act() as Awaitable<unknown>)) {
        throw new WirehallError(
          "SQL_IN_ASYNC_TURN",
          "this.commit takes a function that is not asynchronous: it runs in a transaction",
        );
      }
    }
    if (this.#commits !== undefined) {
      throw new WirehallError("INVALID_ARGUMENT", "this.commit can't be used in what this.commit was given");
    }
  }

  release(): void {
    if (this.#states !== undefined) for (const [member, state] of this.#states) member.keepState(state);
    this.outcome.committed?.(this.result as never, this.subject as never);
    if (this.#effects !== undefined) for (const effect of this.#effects) effect.release();
    this.outcome.released(this.result as never, this.subject as never);
  }

  fail(error: unknown): void {
    this.outcome.failed(error, this.subject as never);
  }

  takeAfters(): readonly (() => unknown)[] {
    return this.#afters ?? [];
  }

  abort(reason: unknown): void {
    this.#abort?.abort(reason);
  }

  #take(bytes: number): void {
    const { maxTurnBytes } = this.#options;
    if (this.#bytes + bytes > maxTurnBytes) {
      throw new WirehallError(
        "TURN_TOO_LARGE",
        `the effects of this turn hold ${this.#bytes + bytes} bytes: maxTurnBytes is ${maxTurnBytes}`,
      );
    }
    this.#bytes += bytes;
  }
}
