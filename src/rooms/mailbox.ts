import { type Awaitable, isPromise } from "../endpoint/awaitable.ts";
import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";

/** The most events that wait for a room. */
const MAX_WAITING = defaultOf("maxRoomEvents");

/** Handles a room's events one at a time, each until its promise settles; synchronously when none is before it. */
export class Mailbox {
  #busy = false;
  #draining = false;
  #waiting: (() => void)[] = [];

  /** Whether an event is being handled or waits. */
  get busy(): boolean {
    return this.#busy || this.#waiting.length > 0;
  }

  /**
   * The event's own result, or a promise of it where it is asynchronous or has to wait.
   *
   * Rejects with `ROOM_BUSY` when 1,024 events wait, unless the event must not be lost: a member's, which its host
   * bounds, or its end.
   */
  run<T>(event: () => Awaitable<T>, mustRun = false): Awaitable<T> {
    if (!this.#busy) return this.#start(event);
    if (this.#waiting.length >= MAX_WAITING && !mustRun) {
      return Promise.reject(
        new WirehallError("ROOM_BUSY", `${MAX_WAITING} events wait for this room, the limit`),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(this.#start(event));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #start<T>(event: () => Awaitable<T>): Awaitable<T> {
    this.#busy = true;
    let result: Awaitable<T>;
    try {
      result = event();
    } catch (error) {
      this.#next();
      throw error;
    }
    if (isPromise(result)) {
      return result.finally(() => this.#next());
    }
    this.#next();
    return result;
  }

  /** A loop rather than a recursion: a thousand synchronous events may wait. */
  #next(): void {
    this.#busy = false;
    if (this.#draining) return;
    this.#draining = true;
    while (!this.#busy && this.#waiting.length > 0) this.#waiting.shift()?.();
    this.#draining = false;
  }
}
