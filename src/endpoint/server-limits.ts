import { WirehallError } from "../errors.ts";
import { defaultOf, limits, type ServerLimitName } from "./limits.ts";
import { checkNames } from "./names.ts";

/** The option `limits` of `serve` and of what attaches to a server. `Infinity` switches one off. */
export interface ServerLimits {
  /** WebSockets of the server in all, handshakes included; above it 503 with `Retry-After` [100,000]. */
  readonly maxConnections?: number;
  /** Handshakes in flight: from the request, once its headers are read, to its answer; above it 503 [4,096]. */
  readonly maxHandshakes?: number;
  /**
   * How long a client may take to send its request (else 408), the app to answer it (else 503), and the client to
   * read a refusal (else it is dropped) [10 s].
   */
  readonly handshakeTimeoutMs?: number;
  /** Bytes of a request's target, and of its headers' names and values; above it 431 [16 KiB]. */
  readonly maxHeaderBytes?: number;
  /** As `maxConnections`, for the address of one client, an IPv6 one by its /64 [off]. */
  readonly maxConnectionsPerAddress?: number;
  /**
   * Bytes that wait to be sent, over all connections; above it those with the most are dealt with by their
   * `slowConsumer` first [256 MiB]. Not used on Workers, where no output is seen to wait.
   */
  readonly maxTotalBufferedBytes?: number;
}

export type ResolvedLimits = Readonly<Record<ServerLimitName, number>>;

/** The longest that a timer can wait for. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const NAMES = (Object.keys(limits) as ServerLimitName[]).filter((name) => limits[name].set === "server");

/** Fills in the defaults. Throws `INVALID_OPTION` for an unknown name or a value out of range. */
export function resolveLimits(given: ServerLimits = {}): ResolvedLimits {
  checkNames("limits", given, NAMES);
  const entries = NAMES.map((name) => {
    const { [name]: value = defaultOf(name) } = given;
    return [name, check(name, value)];
  });
  return Object.fromEntries(entries) as ResolvedLimits;
}

function check(name: ServerLimitName, value: number): number {
  const most = limits[name].unit === "ms" ? MAX_TIMER_MS : Number.MAX_SAFE_INTEGER;
  if (value === Number.POSITIVE_INFINITY) return value;
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new WirehallError(
    "INVALID_OPTION",
    `limits.${name} is ${String(value)}: it must be a whole number from 1 to ${most}, or Infinity for none`,
  );
}
