import { WirehallError } from "../errors.ts";
import { UNAUTHORIZED } from "../protocol/mod.ts";
import type { Clock } from "./clock.ts";
import type { Timed, Wheel } from "./wheel.ts";

/** What expiry needs of a session. */
export interface Expiring {
  readonly isOpen: boolean;
  shut(code: number, reason: string): void;
}

/** How soon it is noticed that the system's time was set. */
const MAX_WAIT_MS = 10_000;

/** Closes a connection with 3000 when its time is over, by the system's time, which may be set meanwhile. */
export class Expiry implements Timed {
  slot: Set<Timed> | undefined;
  tick = 0;
  readonly #expiring: Expiring;
  readonly #clock: Clock;
  readonly #wheel: Wheel;
  #at: number | undefined;

  constructor(expiring: Expiring, clock: Clock, wheel: Wheel) {
    this.#expiring = expiring;
    this.#clock = clock;
    this.#wheel = wheel;
  }

  /** Milliseconds since the epoch; undefined for never. */
  get at(): number | undefined {
    return this.#at;
  }

  set at(at: number | undefined) {
    this.#at = at;
    if (at === undefined) this.#wheel.remove(this);
    else this.#wheel.add(this, this.#waitMs(at));
  }

  due(): number | undefined {
    if (this.#at === undefined || !this.#expiring.isOpen) return undefined;
    if (this.#at > this.#clock.date()) return this.#waitMs(this.#at);
    this.#expiring.shut(UNAUTHORIZED, "expired");
    return undefined;
  }

  #waitMs(at: number): number {
    return Math.min(Math.max(at - this.#clock.date(), 0), MAX_WAIT_MS);
  }

  stop(): void {
    this.#wheel.remove(this);
  }
}

/** Throws `INVALID_ARGUMENT` for what is no time. */
export function checkExpiresAt(at: unknown): void {
  if (at === undefined || (typeof at === "number" && Number.isFinite(at) && at >= 0)) return;
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `expiresAt is ${String(at)}: it is a time in milliseconds since the epoch, as Date.now() gives it, or undefined`,
  );
}
