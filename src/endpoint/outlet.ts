import { WirehallError } from "../errors.ts";
import { Behind, type BehindSession, type Outgoing, type OutputOptions } from "./behind.ts";
import type { Backlogged, OutputBudget } from "./output-budget.ts";
import type { Socket } from "./socket.ts";

/** What an outlet needs of its session. */
export interface OutletSession {
  readonly options: OutputOptions;
  readonly isOpen: boolean;
  /** Closes with 1013, and tells the operator why. */
  tooSlow(message: string): void;
  terminate(): void;
}

/** Less than this is not counted for the budget: it is no more than what a connection needs for itself [bytes]. */
const COUNTED_FROM_BYTES = 4096;

/** The way out of a connection: what waits there, for whom that is too much, and who waits until it has left. */
export class Outlet implements Backlogged, BehindSession {
  /** What the budget knows of. */
  countedBytes = 0;
  /** How many messages the policy for slow consumers has dropped. */
  droppedMessages = 0;
  readonly #session: OutletSession;
  readonly #socket: Socket;
  readonly #budget: OutputBudget;
  /** Up to this many bytes, sending is a matter of the socket alone. */
  readonly #carefreeBytes: number;
  #behind: Behind | undefined;
  #isEnded = false;

  constructor(session: OutletSession, socket: Socket, budget: OutputBudget) {
    this.#session = session;
    this.#socket = socket;
    this.#budget = budget;
    const { highWaterMarkBytes, maxBufferedBytes } = session.options;
    this.#carefreeBytes = Math.min(COUNTED_FROM_BYTES, highWaterMarkBytes, maxBufferedBytes);
  }

  get options(): OutputOptions {
    return this.#session.options;
  }

  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  /** Bytes that wait to leave the process. */
  get bufferedAmount(): number {
    return this.#isEnded ? 0 : this.#socket.bufferedAmount + (this.#behind?.keptBytes ?? 0);
  }

  send(data: Outgoing, key: string | undefined): boolean {
    if (this.#behind !== undefined) {
      const isBelow = this.#behind.send(data, key);
      this.recount();
      return isBelow;
    }
    this.#socket.send(data);
    return this.#socket.bufferedAmount <= this.#carefreeBytes || this.#isBelow();
  }

  /** Some output has left. Returns whether the handler is to be told that the connection has caught up. */
  flushed(): boolean {
    const behind = this.#behind;
    if (behind === undefined) {
      if (this.countedBytes > 0) this.recount();
      return false;
    }
    const caughtUp = this.isOpen && behind.flushed();
    this.recount();
    if (!caughtUp) return false;
    this.#behind = undefined;
    this.#budget.caughtUp(this);
    behind.caughtUp();
    return behind.owesDrain;
  }

  /** Resolves once no more than `highWaterMarkBytes` wait; rejects when the connection is closing or gone. */
  drained(): Promise<void> {
    if (!this.isOpen) return Promise.reject(closedError());
    if (this.bufferedAmount <= this.options.highWaterMarkBytes) return Promise.resolve();
    return this.#fallBehind().drained();
  }

  /** Nothing is sent any more, though what waits is yet to leave. */
  closing(): void {
    this.#behind?.ended(closedError());
  }

  /** The transport is gone. */
  ended(): void {
    this.#isEnded = true;
    this.#behind?.ended(closedError());
    this.#behind = undefined;
    this.#budget.caughtUp(this);
    this.recount();
  }

  recount(): void {
    const bytes = this.bufferedAmount;
    const more = bytes - this.countedBytes;
    if (more === 0) return;
    this.countedBytes = bytes;
    this.#budget.add(more);
  }

  giveWay(): boolean {
    if (this.options.slowConsumer !== "close") return false;
    this.#session.tooSlow("too much waits for all connections");
    return true;
  }

  terminate(): void {
    this.#session.terminate();
  }

  dropped(): void {
    this.droppedMessages++;
  }

  tooSlow(message: string): void {
    this.#session.tooSlow(message);
  }

  /** After a message that made more wait than is carefree. */
  #isBelow(): boolean {
    this.recount();
    const { highWaterMarkBytes, maxBufferedBytes } = this.options;
    const isBelow = this.countedBytes <= highWaterMarkBytes;
    if (!isBelow || this.countedBytes > maxBufferedBytes) {
      const behind = this.#fallBehind();
      if (!isBelow) behind.owesDrain = true;
    }
    return isBelow;
  }

  #fallBehind(): Behind {
    if (this.#behind === undefined) {
      this.#behind = new Behind(this, this.#socket, this.#budget);
      this.#budget.fellBehind(this);
    }
    return this.#behind;
  }
}

function closedError(): WirehallError {
  return new WirehallError("CONNECTION_CLOSED", "the connection is closing or closed");
}
