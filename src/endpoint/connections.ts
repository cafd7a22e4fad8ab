import { SERVICE_RESTART } from "../protocol/mod.ts";
import { type Clock, systemClock } from "./clock.ts";

/** What a server needs of a connection to end it. */
export interface Closable {
  shut(code: number, reason: string): void;
  terminate(): void;
}

/** The connections of one server, so that it can end them all. */
export class Connections {
  readonly #open = new Set<Closable>();
  readonly #clock: Clock;
  #emptied: PromiseWithResolvers<void> | undefined;
  #closing = false;
  #lastCall = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether no connection may come any more. */
  get closing(): boolean {
    return this.#closing;
  }

  add(connection: Closable): void {
    this.#open.add(connection);
    // An upgrade that was under way when the shutdown began; it is about to be opened.
    if (this.#lastCall) queueMicrotask(() => connection.shut(SERVICE_RESTART, ""));
  }

  delete(connection: Closable): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#emptied?.resolve();
  }

  /** Closes every connection with 1012, spread evenly over the time, and resolves when all are gone. */
  async shutdown(overMs: number): Promise<void> {
    this.#closing = true;
    const count = this.#open.size;
    let index = 0;
    for (const connection of [...this.#open]) {
      const delayMs = Math.floor((overMs * index++) / count);
      if (delayMs === 0) connection.shut(SERVICE_RESTART, "");
      else this.#clock.after(delayMs, () => connection.shut(SERVICE_RESTART, ""));
    }
    this.#lastCall = true;
    if (this.#open.size === 0) return;
    this.#emptied ??= Promise.withResolvers<void>();
    await this.#emptied.promise;
  }
}
