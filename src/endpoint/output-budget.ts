import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** What the budget needs of a connection that is behind. */
export interface Backlogged {
  readonly isOpen: boolean;
  /** What it was counted for. */
  readonly countedBytes: number;
  /** Counts anew what waits. */
  recount(): void;
  /** Gives way by its own policy; returns whether what it holds will leave for that. */
  giveWay(): boolean;
  terminate(): void;
}

/** Relieving goes on to this part, so that it is not due again with the next message. */
const TARGET = 0.9;
/** Above this part those that are closing already, and don't read, are dropped. */
const DROP = 1.25;
/** By how much more must wait before it is tried again, where it did not help. */
const STEP = 1 / 16;

/**
 * Bounds what waits to leave a server over all its connections.
 *
 * Each connection counts its own when it sends and when output has left. Above the limit those with the most are
 * dealt with by their policy, soon and not at once: what one tick sends to many may be gone with its end.
 */
export class OutputBudget {
  readonly maxBytes: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #behind = new Set<Backlogged>();
  #bytes = 0;
  #relieveAboveBytes: number;
  #isPending = false;
  #isOver = false;

  /** `maxBytes` may be Infinity. */
  constructor(clock: Clock, log: Log, maxBytes: number) {
    this.maxBytes = maxBytes;
    this.#clock = clock;
    this.#log = log;
    this.#relieveAboveBytes = maxBytes;
  }

  /** What waits, as far as connections have counted it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Too much waits, and closing does not help: connections that may drop messages drop all. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A connection has so much more waiting, or less. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.maxBytes) {
      this.#isOver = false;
      this.#relieveAboveBytes = this.maxBytes;
    } else if (this.#bytes > this.#relieveAboveBytes && !this.#isPending) {
      this.#isPending = true;
      this.#clock.after(0, () => this.#relieve());
    }
  }

  fellBehind(connection: Backlogged): void {
    this.#behind.add(connection);
  }

  caughtUp(connection: Backlogged): void {
    this.#behind.delete(connection);
  }

  #relieve(): void {
    this.#isPending = false;
    for (const connection of this.#behind) connection.recount();
    if (this.#bytes <= this.maxBytes) return;
    const most = [...this.#behind].sort((a, b) => b.countedBytes - a.countedBytes);
    const foundBytes = this.#bytes;
    const closed = this.#giveWay(most);
    const dropped = this.#drop(most);
    this.#relieveAboveBytes = Math.max(this.maxBytes, this.#bytes + this.maxBytes * STEP);
    const limit = `maxTotalBufferedBytes is ${this.maxBytes}`;
    const done = `${closed} connections with the most are closed with 1013, ${dropped} dropped`;
    this.#log({
      level: "warn",
      event: "output-full",
      message: `${foundBytes} bytes wait to be sent, ${limit}: ${done}`,
    });
  }

  #giveWay(most: readonly Backlogged[]): number {
    let stayingBytes = this.#bytes;
    for (const connection of most) if (!connection.isOpen) stayingBytes -= connection.countedBytes;
    let closed = 0;
    if (stayingBytes > this.maxBytes) {
      for (const connection of most) {
        if (stayingBytes <= this.maxBytes * TARGET) break;
        const bytes = connection.countedBytes;
        if (!connection.isOpen || !connection.giveWay()) continue;
        stayingBytes -= bytes;
        closed++;
      }
    }
    this.#isOver = stayingBytes > this.maxBytes;
    return closed;
  }

  #drop(most: readonly Backlogged[]): number {
    let dropped = 0;
    if (this.#bytes <= this.maxBytes * DROP) return dropped;
    for (const connection of most) {
      if (this.#bytes <= this.maxBytes) break;
      if (connection.isOpen) continue;
      connection.terminate();
      dropped++;
    }
    return dropped;
  }
}
