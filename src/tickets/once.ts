import type { Awaitable } from "../endpoint/awaitable.ts";
import { checkNames } from "../endpoint/names.ts";
import { WirehallError } from "../errors.ts";

/** Where the tickets are remembered that were redeemed, so that none is redeemed twice. */
export interface OnceStore {
  /**
   * Remembers an id until `expiresAt` [ms since 1970]: true if it was not there yet.
   *
   * Of two calls for one id, also at the same time and from two servers, only one may get true.
   */
  add(id: string, expiresAt: number): Awaitable<boolean>;
}

export interface OnceInMemoryOptions {
  /** So many are remembered at a time [100,000]. */
  readonly maxTickets?: number;
  /** The time in milliseconds since 1970 [Date.now]. */
  readonly now?: () => number;
}

const DEFAULT_MAX_TICKETS = 100_000;

/**
 * Remembers tickets in this process: enough where one process redeems them all.
 *
 * When it is full of tickets that have not expired, `add` throws `ONCE_FULL`: none is forgotten early. Throws
 * `INVALID_OPTION`.
 */
export function onceInMemory(options: OnceInMemoryOptions = {}): OnceStore {
  checkNames("onceInMemory", options, ["maxTickets", "now"]);
  const { maxTickets = DEFAULT_MAX_TICKETS, now = Date.now } = options;
  if (!Number.isSafeInteger(maxTickets) || maxTickets < 1) {
    throw new WirehallError(
      "INVALID_OPTION",
      `maxTickets is ${maxTickets}: it must be a whole number from 1 up`,
    );
  }
  return new MemoryOnceStore(maxTickets, now);
}

class MemoryOnceStore implements OnceStore {
  readonly #maxTickets: number;
  readonly #now: () => number;
  /** In the order in which they came, which is nearly that in which they expire. */
  readonly #expiries = new Map<string, number>();

  constructor(maxTickets: number, now: () => number) {
    this.#maxTickets = maxTickets;
    this.#now = now;
  }

  add(id: string, expiresAt: number): boolean {
    const now = this.#now();
    for (const [old, expiry] of this.#expiries) {
      if (expiry > now) break;
      this.#expiries.delete(old);
    }
    if (this.#expiries.has(id)) return false;
    if (this.#expiries.size >= this.#maxTickets) this.#makeRoom(now);
    this.#expiries.set(id, expiresAt);
    return true;
  }

  #makeRoom(now: number): void {
    for (const [id, expiry] of this.#expiries) if (expiry <= now) this.#expiries.delete(id);
    if (this.#expiries.size < this.#maxTickets) return;
    throw new WirehallError(
      "ONCE_FULL",
      `${this.#maxTickets} redeemed tickets have not expired yet: raise maxTickets, or lower lifetimeMs`,
    );
  }
}
