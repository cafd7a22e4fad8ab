import type { Socket } from "./socket.ts";
import { TICK_MS, type Timed, type Wheel } from "./wheel.ts";

/** What keepalive needs of a session. */
export interface Kept {
  readonly isOpen: boolean;
  /** Reading is paused, by us: silence says nothing of the peer. */
  readonly isPaused: boolean;
  ping(payload: Uint8Array): void;
  terminate(): void;
}

/** About how often the peer is looked at in an interval. */
const CHECKS = 8;
/** Peers are looked at together so often in that time, so that the process is not woken for each. */
const PHASES = 16;

const NO_PAYLOAD: Uint8Array = new Uint8Array(0);

/**
 * Pings a peer of which nothing was heard for an interval, and drops it after another.
 *
 * RFC 6455 5.5.2: "A Ping frame may serve either as a keepalive or as a means to verify that the remote endpoint is
 * still responsive." The socket only sets a flag when bytes come; here it is taken down now and then, which costs a
 * message nothing. Connections are looked at in phases of their own, so that pings to many who fell silent together
 * are spread over an eighth of the interval.
 */
export class Keepalive implements Timed {
  slot: Set<Timed> | undefined;
  tick = 0;
  readonly grain: number;
  readonly #kept: Kept;
  readonly #socket: Socket;
  readonly #checkMs: number;
  /** A byte may have come just after the last look: one look less keeps the silence below the interval. */
  readonly #looksToPing: number;
  readonly #looksToDrop: number;
  /** How often in a row the flag was down: since the last byte, or since our ping. */
  #quiet = 0;
  #pinged = false;

  constructor(kept: Kept, socket: Socket, intervalMs: number) {
    this.#kept = kept;
    this.#socket = socket;
    const checkMs = intervalMs / CHECKS;
    this.grain = Math.max(Math.floor(checkMs / PHASES / TICK_MS), 1);
    const grainMs = this.grain * TICK_MS;
    this.#checkMs = Math.max(Math.floor(checkMs / grainMs), 1) * grainMs;
    this.#looksToPing = Math.max(Math.floor(intervalMs / this.#checkMs) - 1, 1);
    this.#looksToDrop = Math.ceil(intervalMs / this.#checkMs);
  }

  start(wheel: Wheel): void {
    // Its handshake has just come.
    this.#socket.heard = true;
    wheel.add(this, Math.random() * this.#checkMs);
  }

  due(): number | undefined {
    if (!this.#kept.isOpen) return undefined;
    this.#look();
    return this.#checkMs;
  }

  #look(): void {
    if (this.#socket.heard || this.#kept.isPaused) {
      this.#socket.heard = false;
      this.#quiet = 0;
      this.#pinged = false;
      return;
    }
    this.#quiet++;
    if (this.#pinged) {
      if (this.#quiet >= this.#looksToDrop) this.#kept.terminate();
    } else if (this.#quiet >= this.#looksToPing) {
      this.#kept.ping(NO_PAYLOAD);
      this.#pinged = true;
      this.#quiet = 0;
    }
  }
}
