import { SERVICE_RESTART } from "../protocol/mod.ts";
import { type Clock, systemClock } from "./clock.ts";

/** What a server needs of a connection to end it. */
export interface Closable {
  shut(code: number, reason: string): void;
  terminate(): void;
}

/** How long a shutdown waits for upgrades that are under way; they are refused when their app has answered. */
const UPGRADES_TIMEOUT_MS = 5_000;

/** The connections of one server, so that it can end them all. */
export class Connections {
  readonly #open = new Set<Closable>();
  readonly #clock: Clock;
  #upgrades = 0;
  #closing = false;
  #changed: (() => void) | undefined;
  #ended: Promise<void> | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Whether no connection may come any more. */
  get closing(): boolean {
    return this.#closing;
  }

  upgradeBegins(): void {
    this.#upgrades++;
  }

  upgradeEnds(): void {
    this.#upgrades--;
    this.#changed?.();
  }

  add(connection: Closable): void {
    this.#open.add(connection);
    // It was let in before the shutdown began, and is about to be opened.
    if (this.#closing) queueMicrotask(() => connection.shut(SERVICE_RESTART, ""));
  }

  delete(connection: Closable): void {
    this.#open.delete(connection);
    this.#changed?.();
  }

  /**
   * Closes every connection with 1012, spread evenly over the time, and resolves when all are gone, and with them the
   * upgrades that were under way, for which it waits 5 s at most.
   */
  shutdown(overMs: number): Promise<void> {
    this.#ended ??= this.#end(overMs);
    return this.#ended;
  }

  async #end(overMs: number): Promise<void> {
    this.#closing = true;
    const count = this.#open.size;
    let index = 0;
    for (const connection of [...this.#open]) {
      const delayMs = Math.floor((overMs * index++) / count);
      if (delayMs === 0) connection.shut(SERVICE_RESTART, "");
      else this.#clock.after(delayMs, () => connection.shut(SERVICE_RESTART, ""));
    }
    await this.#until(() => this.#open.size === 0);
    let isLate = false;
    const cancel = this.#clock.after(UPGRADES_TIMEOUT_MS, () => {
      isLate = true;
      this.#changed?.();
    });
    await this.#until(() => this.#upgrades === 0 || isLate);
    cancel();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const change = Promise.withResolvers<void>();
      this.#changed = change.resolve;
      await change.promise;
    }
    this.#changed = undefined;
  }
}
