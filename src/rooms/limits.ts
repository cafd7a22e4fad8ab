import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";

/** Bounds of the rooms of a hall. */
export interface RoomLimits {
  /** A turn that takes longer fails [10 s]. */
  readonly turnTimeoutMs: number;
  /** The most bytes that the effects of one turn may hold [8 MiB]. */
  readonly maxTurnBytes: number;
  /**
   * A room without events for so long leaves memory, with its members connected; the next event brings it back [10 s,
   * as on Workers, where the platform decides]. With 0 it leaves memory after each event, on Workers too: what it
   * forgets shows in a test.
   */
  readonly idleTimeoutMs: number;
}

export const DEFAULT_LIMITS: RoomLimits = {
  turnTimeoutMs: defaultOf("turnTimeoutMs"),
  maxTurnBytes: defaultOf("maxTurnBytes"),
  idleTimeoutMs: 10_000,
};

/** Fills in the defaults. Throws `INVALID_OPTION`. */
export function resolveLimits(given: Partial<RoomLimits>): RoomLimits {
  const limits = { ...DEFAULT_LIMITS };
  for (const name of ["turnTimeoutMs", "maxTurnBytes", "idleTimeoutMs"] as const) {
    const value = given[name];
    if (value === undefined) continue;
    const least = name === "idleTimeoutMs" ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least || value > MOST) {
      throw new WirehallError(
        "INVALID_OPTION",
        `${name} is ${String(value)}: it must be a whole number from ${least} to ${MOST}`,
      );
    }
    limits[name] = value;
  }
  return limits;
}

/** The longest time of a timer. */
const MOST = 2 ** 31 - 1;
