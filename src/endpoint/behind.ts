import { SharedMessage } from "../protocol/mod.ts";
import { type KeptMessage, KeptMessages } from "./kept-messages.ts";
import type { ResolvedOptions } from "./options.ts";
import type { OutputBudget } from "./output-budget.ts";
import { exceeds } from "./size.ts";
import type { Socket } from "./socket.ts";

export type Outgoing = string | Uint8Array | SharedMessage;

/** What may wait to leave a connection, and what becomes of more. */
export type OutputOptions = Pick<ResolvedOptions, "highWaterMarkBytes" | "maxBufferedBytes" | "slowConsumer">;

/** What is needed of the session whose peer reads too slowly. */
export interface BehindSession {
  readonly options: OutputOptions;
  /** A message was dropped, as the policy says. */
  dropped(): void;
  /** The policy is to close, or can't be kept to; the message says what is too much. */
  tooSlow(message: string): void;
}

/** The most keys whose newest message is kept for a connection. */
const MAX_KEYS = 1024;

/**
 * The output of a connection that is behind: above `highWaterMarkBytes`. It is made when that happens and gone when
 * all has left, so that a connection that keeps up has no state for it.
 *
 * Above `maxBufferedBytes` the policy decides. A message of any size may wait alone.
 */
export class Behind {
  readonly #session: BehindSession;
  readonly #socket: Socket;
  readonly #budget: OutputBudget;
  #kept: KeptMessages | undefined;
  #waiters: PromiseWithResolvers<void>[] | undefined;
  /** `send` has returned false: `drain` follows. */
  owesDrain = false;

  constructor(session: BehindSession, socket: Socket, budget: OutputBudget) {
    this.#session = session;
    this.#socket = socket;
    this.#budget = budget;
  }

  /** What waits besides the socket's own. */
  get keptBytes(): number {
    return this.#kept?.bytes ?? 0;
  }

  /** Sends, keeps or drops a message, or ends the connection. */
  send(data: Outgoing, key: string | undefined): boolean {
    const policy = this.#session.options.slowConsumer;
    if (policy === "close") return this.#sendOrClose(data);
    const isFull = this.#isFull(data);
    if (policy === "drop") {
      if (!isFull) return this.#send(data);
      this.#session.dropped();
      this.owesDrain = true;
      return false;
    }
    if (!isFull && this.#kept === undefined) return this.#send(data);
    if (key !== undefined) return this.#keep(key, data);
    // Messages leave in the order in which they were sent: what is kept was before this one.
    if (!isFull && this.#release(this.#session.options.maxBufferedBytes) && !this.#isFull(data)) {
      return this.#send(data);
    }
    this.#tooSlow("a message without a key can't be kept");
    return false;
  }

  /** Some output has left. Returns whether the connection has caught up. */
  flushed(): boolean {
    const { highWaterMarkBytes } = this.#session.options;
    if (this.#socket.bufferedAmount > highWaterMarkBytes) return false;
    return this.#release(highWaterMarkBytes) && this.#socket.bufferedAmount <= highWaterMarkBytes;
  }

  drained(): Promise<void> {
    const waiter = Promise.withResolvers<void>();
    this.#waiters ??= [];
    this.#waiters.push(waiter);
    return waiter.promise;
  }

  caughtUp(): void {
    for (const waiter of this.#waiters ?? []) waiter.resolve();
  }

  /** Nothing is sent any more. */
  ended(error: Error): void {
    this.#kept = undefined;
    for (const waiter of this.#waiters ?? []) waiter.reject(error);
    this.#waiters = undefined;
  }

  #sendOrClose(data: Outgoing): boolean {
    const before = this.#socket.bufferedAmount;
    const isBelow = this.#send(data);
    const after = this.#socket.bufferedAmount;
    if (before === 0 || after <= this.#session.options.maxBufferedBytes) return isBelow;
    this.#tooSlow(`${after} bytes wait`);
    return false;
  }

  #send(data: Outgoing): boolean {
    this.#socket.send(data);
    const isBelow = this.#socket.bufferedAmount <= this.#session.options.highWaterMarkBytes;
    if (!isBelow) this.owesDrain = true;
    return isBelow;
  }

  #isFull(data: Outgoing): boolean {
    const waiting = this.#socket.bufferedAmount;
    if (waiting === 0) return false;
    const message = data instanceof SharedMessage ? data.data : data;
    return this.#budget.isOver || exceeds(message, this.#session.options.maxBufferedBytes - waiting);
  }

  #keep(key: string, data: Outgoing): boolean {
    this.#kept ??= new KeptMessages();
    this.#kept.keep(key, snapshot(data));
    this.owesDrain = true;
    if (this.#kept.size > MAX_KEYS) this.#tooSlow(`messages of more than ${MAX_KEYS} keys wait`);
    else if (this.#kept.bytes > this.#session.options.maxBufferedBytes && this.#kept.size > 1) {
      this.#tooSlow(`the newest messages of ${this.#kept.size} keys have ${this.#kept.bytes} bytes`);
    }
    return false;
  }

  /** Sends what is kept while no more than so many bytes wait; returns whether nothing is left. */
  #release(maxWaitingBytes: number): boolean {
    const kept = this.#kept;
    for (let message = kept?.first(); message !== undefined; message = kept?.first()) {
      const waiting = this.#socket.bufferedAmount;
      if (waiting > 0 && exceeds(message, maxWaitingBytes - waiting)) return false;
      this.#socket.send(message);
      kept?.removeFirst();
    }
    this.#kept = undefined;
    return true;
  }

  #tooSlow(what: string): void {
    this.#session.tooSlow(`${what}, maxBufferedBytes is ${this.#session.options.maxBufferedBytes}`);
  }
}

/** A copy that is kept for long. */
function snapshot(data: Outgoing): KeptMessage {
  if (data instanceof SharedMessage) return data.lasting;
  return typeof data === "string" ? data : data.slice();
}
