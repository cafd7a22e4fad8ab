import { SERVICE_RESTART } from "../protocol/mod.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Gate } from "./gate.ts";
import { consoleLog, type Log } from "./log.ts";
import type { Gauges, Metrics } from "./metrics.ts";
import { type ResolvedLimits, resolveLimits } from "./server-limits.ts";

/** What a server needs of a connection to end it. */
export interface Closable {
  readonly bufferedAmount: number;
  shut(code: number, reason: string): void;
  terminate(): void;
}

/** How long a shutdown waits for upgrades that are under way; they are refused when their app has answered. */
const UPGRADES_TIMEOUT_MS = 5_000;

/** What the connections of one server have in common. */
export interface ConnectionsOptions {
  /** [the system's] */
  readonly clock?: Clock;
  /** [the defaults] */
  readonly limits?: ResolvedLimits;
  readonly metrics?: Metrics;
  /** [the console] */
  readonly log?: Log;
}

/** The connections of one server, so that it can bound, count and end them all. */
export class Connections implements Gauges {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly metrics: Metrics | undefined;
  readonly log: Log;
  readonly #open = new Set<Closable>();
  #upgrades = 0;
  #closing = false;
  #changed: (() => void) | undefined;
  #ended: Promise<void> | undefined;

  constructor(options: ConnectionsOptions = {}) {
    const { clock = systemClock, limits = resolveLimits(), metrics, log = consoleLog } = options;
    this.clock = clock;
    this.gate = new Gate({ limits, metrics, log });
    this.metrics = metrics;
    this.log = log;
    metrics?.observe?.(this);
  }

  get connections(): number {
    return this.#open.size;
  }

  get handshakes(): number {
    return this.gate.handshakes;
  }

  get bufferedBytes(): number {
    let bytes = 0;
    for (const connection of this.#open) bytes += connection.bufferedAmount;
    return bytes;
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
      else this.clock.after(delayMs, () => connection.shut(SERVICE_RESTART, ""));
    }
    await this.#until(() => this.#open.size === 0);
    let isLate = false;
    const cancel = this.clock.after(UPGRADES_TIMEOUT_MS, () => {
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
