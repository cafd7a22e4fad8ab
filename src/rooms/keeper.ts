import { type Awaitable, isPromise } from "../endpoint/awaitable.ts";
import type { Clock } from "../endpoint/clock.ts";
import type { Log } from "../endpoint/log.ts";
import { noteRefusal } from "../endpoint/upgrade.ts";
import { WirehallError } from "../errors.ts";
import { type CloseEnd, INTERNAL_ERROR } from "../protocol/mod.ts";
import { type CallReply, describeError } from "./calls.ts";
import { callHook, closeHook, connectHook, type Hook, messageHook, requestHook, turnHook } from "./hooks.ts";
import type { Host, HostMember } from "./host.ts";
import type { RoomLimits } from "./limits.ts";
import { Mailbox } from "./mailbox.ts";
import { Occupancy } from "./occupancy.ts";
import type { Occupant, Queue } from "./occupant.ts";
import type { RoomClass } from "./room.ts";
import { Tracing } from "./tracing.ts";
import { linesOf } from "./transfer/export.ts";
import { clearHalfImport, importInto } from "./transfer/import.ts";
import { type ImportSource, type Patience, portionsOf, streamOf } from "./transfer/stream.ts";
import type { Outcome } from "./turn.ts";
import { Turns } from "./turns.ts";

/** What a keeper is given besides its room. */
export interface KeeperOptions extends RoomLimits {
  /** The room's name in chains of calls. */
  readonly room: string;
  readonly log: Log;
  readonly clock: Clock;
}

const NOBODY: readonly string[] = [];

/**
 * Keeps one room: hands it one event at a time, in its mailbox's order.
 *
 * A host calls it for each event; nothing here throws or rejects for what a hook threw, but `call`'s reply.
 */
export class RoomKeeper {
  readonly #host: Host;
  readonly #options: KeeperOptions;
  readonly #mailbox = new Mailbox();
  readonly #turns: Turns;
  readonly #occupancy: Occupancy;

  readonly #onMessage: Outcome<HostMember, void> = {
    released() {},
    failed: (error, member) => {
      this.#report("onMessage", error);
      member.close(INTERNAL_ERROR, "");
    },
  };
  readonly #onClose: Outcome<HostMember, void> = {
    released() {},
    failed: (error) => this.#report("onClose", error),
  };

  constructor(roomClass: RoomClass, host: Host, options: KeeperOptions) {
    this.#host = host;
    this.#options = options;
    this.#turns = new Turns({
      ...options,
      name: host.name,
      store: host.store,
      tracing: Tracing.of(roomClass),
      discarded: (occupant) => this.#occupancy.discard(occupant),
    });
    const queue: Queue = (occupant, act) => this.#queue(occupant, act);
    this.#occupancy = new Occupancy(roomClass, host, this.#turns, queue);
  }

  /** Whether an event is being handled or waits, or a turn waits for its commit. */
  get busy(): boolean {
    return this.#mailbox.busy || !this.#turns.commits.isEmpty;
  }

  /** Whether the room's instance is in memory. */
  get isAwake(): boolean {
    return this.#occupancy.occupant !== undefined;
  }

  // Events.

  /** Asks the room to let a candidate in: a response refuses it, 500 where the room threw. */
  async connect(
    candidate: HostMember,
    request: Request,
    before: readonly string[] = NOBODY,
  ): Promise<Response | undefined> {
    const admit = (refusal: Response | undefined) => {
      if (refusal === undefined) this.#host.admit(candidate);
    };
    try {
      return await this.#ask(connectHook, candidate, request, before, 0, admit);
    } catch (error) {
      noteRefusal(request, isBusy(error) ? "room-busy" : "threw");
      return this.#answer("onConnect", error);
    }
  }

  /**
   * A member's message; resolves when it was handled, which its commit need not be. A throw of the room closes the
   * member with 1011.
   */
  message(member: HostMember, data: string | Uint8Array): Awaitable<void> {
    if (this.#mailbox.enter()) return this.#perform(messageHook, member, data, NOBODY, this.#onMessage);
    return this.#wait(data.length, messageHook, member, data, NOBODY, this.#onMessage);
  }

  /** A member is gone; the host no longer lists it. */
  closed(member: HostMember, end: CloseEnd): Awaitable<void> {
    if (this.#mailbox.enter()) return this.#perform(closeHook, member, end, NOBODY, this.#onClose);
    return this.#wait(0, closeHook, member, end, NOBODY, this.#onClose);
  }

  /** A request that asks for no WebSocket: 500 where the room threw. */
  async request(request: Request, before: readonly string[] = NOBODY): Promise<Response> {
    try {
      return await this.#ask(requestHook, request, undefined, before, 0);
    } catch (error) {
      return this.#answer("onRequest", error);
    }
  }

  /** A call of one of the room's methods. */
  async call(method: string, args: Uint8Array, before: readonly string[]): Promise<CallReply> {
    try {
      return { value: await this.#ask(callHook, method, args, before, args.length) };
    } catch (error) {
      if (!isBusy(error)) this.#report(method, error);
      return { error: describeError(error) };
    }
  }

  /** Makes the room leave memory once what waits is handled and kept. */
  hibernate(): Promise<void> {
    return this.#alone(() => {});
  }

  /** Everything that the room keeps; till that was read, it handles nothing. */
  exports(key: string): Promise<ReadableStream<Uint8Array>> {
    const { store, name } = this.#host;
    return new Promise((resolve, reject) => {
      this.#alone(async () => {
        await clearHalfImport(store);
        await new Promise<void>((done) =>
          resolve(streamOf(linesOf(store, { key, name }), this.#patience, done)),
        );
      }).catch(reject);
    });
  }

  imports(source: ImportSource): Promise<void> {
    return this.#alone(() => importInto(this.#host.store, portionsOf(source, this.#patience)));
  }

  get #patience(): Patience {
    return { clock: this.#options.clock, timeoutMs: this.#options.turnTimeoutMs };
  }

  /** Runs a function while the room is not in memory, and handles no event. */
  #alone<T>(act: () => Awaitable<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        // What the instance has queued is its own, and is handled first.
        if ((this.#occupancy.occupant?.queued ?? 0) > 0) {
          this.#mailbox.wait(0, rest);
          this.#mailbox.leave();
          return;
        }
        this.#occupancy.rest();
        const acting = Promise.resolve().then(act);
        acting.finally(() => this.#mailbox.leave()).then(resolve, reject);
      };
      const rest = () => this.#turns.commits.whenEmpty(begin);
      if (this.#mailbox.enter()) rest();
      else this.#mailbox.wait(0, rest);
    });
  }

  /** A turn for a function of an instance, which handles it itself or not at all. */
  #queue<T>(occupant: Occupant, act: () => Awaitable<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const refusal = occupant === this.#occupancy.occupant ? this.#mailbox.refusal() : retired();
      if (refusal !== undefined) return reject(refusal);
      const outcome: Outcome<unknown, T> = { released: resolve, failed: reject };
      const start = () => {
        occupant.queued--;
        if (occupant === this.#occupancy.occupant)
          return this.#perform(turnHook, act, undefined, NOBODY, outcome);
        reject(retired());
        this.#mailbox.leave();
      };
      occupant.queued++;
      if (this.#mailbox.enter()) void start();
      else this.#mailbox.wait(0, start);
    });
  }

  /** An event whose result is awaited; it may be refused. */
  #ask<A, B, T>(
    hook: Hook<A, B, T>,
    a: A,
    b: B,
    before: readonly string[],
    bytes: number,
    committed?: (result: T) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const refusal = this.#mailbox.refusal(bytes);
      if (refusal !== undefined) return reject(refusal);
      const outcome: Outcome<A, T> = { committed, released: resolve, failed: reject };
      if (this.#mailbox.enter()) void this.#perform(hook, a, b, before, outcome);
      else void this.#wait(bytes, hook, a, b, before, outcome);
    });
  }

  #wait<A, B, T>(
    bytes: number,
    hook: Hook<A, B, T>,
    a: A,
    b: B,
    before: readonly string[],
    outcome: Outcome<A, T>,
  ): Promise<void> {
    return new Promise((resolve) => {
      this.#mailbox.wait(bytes, () => resolve(this.#perform(hook, a, b, before, outcome)));
    });
  }

  // Turns.

  /** Handles an event that has entered the mailbox, and leaves it. */
  #perform<A, B, T>(
    hook: Hook<A, B, T>,
    a: A,
    b: B,
    before: readonly string[],
    outcome: Outcome<A, T>,
  ): Awaitable<void> {
    const handled = this.#handle(hook, a, b, before, outcome);
    if (isPromise(handled)) return handled.then(() => this.#leave());
    this.#leave();
  }

  #handle<A, B, T>(
    hook: Hook<A, B, T>,
    a: A,
    b: B,
    before: readonly string[],
    outcome: Outcome<A, T>,
  ): Awaitable<void> {
    const { occupant } = this.#occupancy;
    if (occupant !== undefined) return this.#turns.run(occupant, hook, a, b, before, outcome);
    const failed = (error: unknown) => outcome.failed(error, a);
    try {
      const arriving = this.#occupancy.arrive();
      if (!isPromise(arriving)) return this.#turns.run(arriving, hook, a, b, before, outcome);
      return arriving.then((arrived) => this.#turns.run(arrived, hook, a, b, before, outcome), failed);
    } catch (error) {
      failed(error);
    }
  }

  #leave(): void {
    // So short a time passes between any two events; but what an instance queued is its own.
    if (this.#options.idleTimeoutMs === 0 && !this.#occupancy.occupant?.queued) this.#occupancy.rest();
    if (this.#turns.commits.isFull) this.#turns.commits.whenNotFull(() => this.#mailbox.leave());
    else this.#mailbox.leave();
  }

  #answer(hook: string, error: unknown): Response {
    if (isBusy(error)) {
      return new Response("Service Unavailable\n", { status: 503, headers: { "retry-after": "1" } });
    }
    this.#report(hook, error);
    return new Response("Internal Server Error\n", { status: 500 });
  }

  #report(hook: string, error: unknown): void {
    // That was told already, once for all turns.
    if (codeOf(error) === "COMMIT_FAILED") return;
    const message = `room ${JSON.stringify(this.#host.name)}: ${hook} failed; what it had done is undone`;
    this.#options.log({ level: "error", event: "room-threw", message, error });
  }
}

function isBusy(error: unknown): boolean {
  return codeOf(error) === "ROOM_BUSY";
}

function codeOf(error: unknown): string | undefined {
  return error instanceof WirehallError ? error.code : undefined;
}

function retired(): WirehallError {
  return new WirehallError(
    "ROOM_RETIRED",
    "this instance of the room has left memory, or was discarded after a failure: a timer does not keep it",
  );
}
