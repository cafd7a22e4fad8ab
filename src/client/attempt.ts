import { DialError } from "./error.ts";
import type { ByteStream } from "./stream.ts";

/** How long an attempt to dial may take. */
export interface AttemptBounds {
  readonly handshakeTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: { after(ms: number, callback: () => void): () => void };
}

/** One attempt to dial: its signal aborts when time is up, and when the caller's signal does. */
export class Attempt {
  /** What is waited for, for the message when time is up. */
  waitsFor = "";
  readonly #controller = new AbortController();
  readonly #cancelTimer: () => void;
  readonly #callers: AbortSignal | undefined;

  constructor({ handshakeTimeoutMs, signal, clock }: AttemptBounds) {
    this.#callers = signal;
    this.#cancelTimer = clock.after(handshakeTimeoutMs, () => {
      this.#controller.abort(
        new DialError(
          "DIAL_TIMEOUT",
          `there is no WebSocket after ${handshakeTimeoutMs} ms (handshakeTimeoutMs), for want of ${this.waitsFor}`,
        ),
      );
    });
    signal?.addEventListener("abort", this.#abort);
    if (signal?.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Drops the stream when the signal aborts, at once if it has; a read that waits then settles. */
  dropsOnAbort(stream: ByteStream): void {
    this.signal.throwIfAborted();
    this.signal.addEventListener("abort", () => stream.destroy());
  }

  /** Lets go of the clock and the caller's signal: nothing aborts any more. */
  end(): void {
    this.#cancelTimer();
    this.#callers?.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => this.#controller.abort(this.#callers?.reason);
}
