import { SERVICE_RESTART } from "../protocol/mod.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Gate } from "./gate.ts";
import { consoleLog, type Log } from "./log.ts";
import type { Gauges, Metrics } from "./metrics.ts";
import { OutputBudget } from "./output-budget.ts";
import { type RestartClose, restartReason, restartSchedule } from "./restart.ts";
import { type ResolvedLimits, resolveLimits } from "./server-limits.ts";

/** What a server needs of a connection to end it. */
export interface Closable {
  readonly bufferedAmount: number;
  /** Resolves once its handler is not called any more. */
  readonly finished: Promise<void>;
  shut(code: number, reason: string): void;
  terminate(): void;
}

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

/** How a server is shut down. */
export interface ShutdownOptions {
  /** Closes are spread over this time, in milliseconds, and so is the clients' return [0]. */
  readonly overMs?: number;
  /** What is not over after this time, in milliseconds, is cut off [5 s more than `overMs`]. */
  readonly withinMs?: number;
}

export type Ending = Required<ShutdownOptions>;

/** How long a shutdown takes at most beyond the time over which it closes, where nobody said. */
const DEFAULT_GRACE_MS = 5_000;

/** What handlers have for their `close` after peers that don't answer were dropped. */
const HANDLERS_MS = 500;

/** Fills in how long a shutdown may take. */
export function endingOf({ overMs = 0, withinMs }: ShutdownOptions = {}): Ending {
  return { overMs, withinMs: withinMs ?? overMs + DEFAULT_GRACE_MS };
}

/** The connections of one server, so that it can bound, count and end them all. */
export class Connections implements Gauges {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly budget: OutputBudget;
  readonly metrics: Metrics | undefined;
  readonly log: Log;
  readonly #open = new Set<Closable>();
  #upgrades = 0;
  #lastRetryMs: number | undefined;
  #changed: (() => void) | undefined;
  #ended: Promise<boolean> | undefined;

  constructor(options: ConnectionsOptions = {}) {
    const { clock = systemClock, limits = resolveLimits(), metrics, log = consoleLog } = options;
    this.clock = clock;
    this.budget = new OutputBudget(clock, log, limits.maxTotalBufferedBytes);
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
    return this.#lastRetryMs !== undefined;
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
    const retryMs = this.#lastRetryMs;
    // It was let in before the shutdown began, and is about to be opened.
    if (retryMs !== undefined) queueMicrotask(() => connection.shut(SERVICE_RESTART, restartReason(retryMs)));
  }

  delete(connection: Closable): void {
    this.#open.delete(connection);
    this.#changed?.();
  }

  /**
   * Closes every connection with 1012, spread evenly over the time, and waits until all are gone, their handlers'
   * `close` has settled, and the upgrades that were under way are over.
   *
   * What is not over within the time is cut off. Resolves to whether nothing of an app's had to be: no handler and no
   * upgrade, while a peer that does not answer is to be expected.
   */
  shutdown(ending: Ending): Promise<boolean> {
    this.#ended ??= this.#end(ending);
    return this.#ended;
  }

  async #end({ overMs, withinMs }: Ending): Promise<boolean> {
    const connections = [...this.#open];
    const schedule = restartSchedule(connections.length, overMs);
    this.#lastRetryMs = schedule.lastRetryMs;
    let unfinished = connections.length;
    for (const { finished } of connections) {
      finished.then(() => {
        unfinished--;
        this.#changed?.();
      });
    }
    this.#closeInTime(connections, schedule.closes);
    const cancelDrop = this.clock.after(withinMs - Math.min(HANDLERS_MS, withinMs / 4), () => {
      for (const connection of this.#open) connection.terminate();
    });
    let isLate = false;
    const cancelWait = this.clock.after(withinMs, () => {
      isLate = true;
      this.#changed?.();
    });
    const isOver = () => this.#open.size === 0 && unfinished === 0 && this.#upgrades === 0;
    while (!isOver() && !isLate) {
      const change = Promise.withResolvers<void>();
      this.#changed = change.resolve;
      await change.promise;
    }
    this.#changed = undefined;
    cancelDrop();
    cancelWait();
    return isOver();
  }

  /** With one timer for all of them. */
  #closeInTime(connections: readonly Closable[], closes: readonly RestartClose[]): void {
    const startMs = this.clock.now();
    let next = 0;
    const closeDue = () => {
      const passedMs = this.clock.now() - startMs;
      for (; next < closes.length && closes[next].delayMs <= passedMs; next++) {
        connections[next].shut(SERVICE_RESTART, restartReason(closes[next].retryMs));
      }
      if (next < closes.length) this.clock.after(closes[next].delayMs - passedMs, closeDue);
    };
    closeDue();
  }
}
