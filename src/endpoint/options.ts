import { WirehallError } from "../errors.ts";
import { isHost, isToken, isTokenSubprotocol } from "../protocol/mod.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type CompressionOptions, type ResolvedCompression, resolveCompression } from "./compression.ts";
import type { TrustProxy } from "./forwarded.ts";
import { defaultOf } from "./limits.ts";
import { consoleLog, type Log } from "./log.ts";
import { checkNames } from "./names.ts";
import { type MessageRate, type ResolvedRate, resolveRate } from "./rate.ts";

/**
 * Which web origins may connect, besides clients that send none and pages of the request's own host: a list of
 * serialised origins (`"https://app.example"`, `"null"`), `"any"`, or a function that decides.
 */
export type Origins = readonly string[] | "any" | ((origin: string, request: Request) => boolean);

/** What becomes of a connection whose peer reads too slowly. */
export type SlowConsumer = "close" | "drop" | "latest";

const SLOW_CONSUMERS: readonly unknown[] = ["close", "drop", "latest"] satisfies SlowConsumer[];

/** Options of an endpoint. Times are milliseconds, sizes are bytes. */
export interface EndpointOptions {
  /** Origins that pass although they are not the request's own host []. */
  readonly origins?: Origins;
  /**
   * Hosts that the endpoint answers to, such as `"app.example"`, of any port, or `"localhost:8787"`; a request to
   * another is 421. Without a list: all [].
   */
  readonly hosts?: readonly string[];
  /**
   * Take host and client address from `X-Forwarded-Host`, `X-Forwarded-For` and `Forwarded`; only behind a proxy that
   * sets or removes all three, and can't be passed by. A number says how many proxies there are; `true` is 1 [false].
   */
  readonly trustProxy?: TrustProxy;
  /** In order of preference; the first that the client offers is chosen []. */
  readonly subprotocols?: readonly string[];
  /** Refuse clients that offer no subprotocol [false]. */
  readonly requireSubprotocol?: boolean;
  /** A longer message, after decompression, closes with 1009 [1 MiB]. */
  readonly maxMessageBytes?: number;
  /** A message in more frames than this closes with 1008; where the runtime makes the frames, as it thinks best [131,072]. */
  readonly maxFragments?: number;
  /** How fast a peer may send; above it the connection is closed with 1008 [as fast as it can]. */
  readonly messageRate?: MessageRate;
  /** Compress messages where the client offers permessage-deflate (RFC 7692) [false]. */
  readonly compression?: boolean | CompressionOptions;
  /** Above this many waiting bytes `send` returns false [64 KiB]. */
  readonly highWaterMarkBytes?: number;
  /** Above this many waiting bytes `slowConsumer` decides [4 MiB]. A message of any size may wait alone. */
  readonly maxBufferedBytes?: number;
  /**
   * What becomes of a connection whose peer reads too slowly ["close"]. Without effect where the transport lacks
   * `backpressure`, and nobody knows what waits.
   *
   * - `"close"`: it is closed with 1013.
   * - `"drop"`: messages are dropped, each by itself: `send` returns false, and `droppedMessages` counts.
   * - `"latest"`: of the messages with a key only the newest of each key is kept, and sent when there is room, in the
   *   order of sending. One without a key must not be lost, so that the connection is closed with 1013; so it is when
   *   more than 1,024 keys wait, or more than `maxBufferedBytes` of them.
   */
  readonly slowConsumer?: SlowConsumer;
  /**
   * A peer of which nothing came for so long is pinged, up to a quarter earlier; when nothing comes for as long
   * again, it is dropped, and `close` sees 1006. 0 turns it off [25 s].
   */
  readonly pingIntervalMs?: number;
  /**
   * While more messages than this wait for the handler, reading pauses [128]. Where it can't pause, the connection is
   * closed with 1013 once 1,024 messages wait, or four times `maxMessageBytes`.
   */
  readonly maxQueuedMessages?: number;
  /** The same for their bytes [64 KiB]. */
  readonly maxQueuedBytes?: number;
  /** A peer that leaves our close frame without an answer for so long is terminated [5 s]. */
  readonly closeTimeoutMs?: number;
  /** Where entries for the operator go [the console]. */
  readonly log?: Log;
  /** [the system's clock] */
  readonly clock?: Clock;
}

export interface ResolvedOptions extends Required<Omit<EndpointOptions, "compression" | "messageRate">> {
  readonly compression: ResolvedCompression | undefined;
  readonly messageRate: ResolvedRate | undefined;
}

const DEFAULTS: ResolvedOptions = {
  origins: [],
  hosts: [],
  trustProxy: false,
  subprotocols: [],
  requireSubprotocol: false,
  maxMessageBytes: defaultOf("maxMessageBytes"),
  maxFragments: defaultOf("maxFragments"),
  messageRate: undefined,
  compression: undefined,
  highWaterMarkBytes: defaultOf("highWaterMarkBytes"),
  maxBufferedBytes: defaultOf("maxBufferedBytes"),
  slowConsumer: "close",
  pingIntervalMs: defaultOf("pingIntervalMs"),
  maxQueuedMessages: defaultOf("maxQueuedMessages"),
  maxQueuedBytes: defaultOf("maxQueuedBytes"),
  closeTimeoutMs: defaultOf("closeTimeoutMs"),
  log: consoleLog,
  clock: systemClock,
};

const COUNTS = [
  "maxMessageBytes",
  "maxFragments",
  "highWaterMarkBytes",
  "maxBufferedBytes",
  "pingIntervalMs",
  "maxQueuedMessages",
  "maxQueuedBytes",
  "closeTimeoutMs",
] as const;

/** Fills in the defaults. Throws `INVALID_OPTION` for an unknown name or a value out of range. */
export function resolveOptions(options: EndpointOptions): ResolvedOptions {
  checkNames("an endpoint", options, Object.keys(DEFAULTS));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const compression = resolveCompression(options.compression);
  const resolved: ResolvedOptions = { ...DEFAULTS, ...given, compression, messageRate: undefined };
  for (const name of COUNTS) {
    const value = resolved[name];
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(name, value, "a whole number from 0 up");
  }
  const { origins, hosts, trustProxy, subprotocols, slowConsumer, log, clock } = resolved;
  if (Array.isArray(origins)) checkOrigins(origins);
  else if (origins !== "any" && typeof origins !== "function") {
    throw invalid("origins", origins, 'a list, "any" or a function');
  }
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === "string" && isHost(host))) {
    throw invalid("hosts", hosts, 'a list of hosts without scheme or path, such as "app.example"');
  }
  if (typeof trustProxy !== "boolean" && !(Number.isSafeInteger(trustProxy) && trustProxy >= 0)) {
    throw invalid("trustProxy", trustProxy, "true, false or the number of proxies");
  }
  if (!Array.isArray(subprotocols) || !subprotocols.every(isToken)) {
    throw invalid("subprotocols", subprotocols, "a list of tokens (RFC 9110 5.6.2)");
  }
  if (subprotocols.some(isTokenSubprotocol)) {
    throw invalid("subprotocols", subprotocols, "a list without tokens of tokenSubprotocol");
  }
  if (new Set(subprotocols).size < subprotocols.length) {
    throw invalid("subprotocols", subprotocols, "a list without repetition");
  }
  if (!SLOW_CONSUMERS.includes(slowConsumer)) {
    throw invalid("slowConsumer", slowConsumer, '"close", "drop" or "latest"');
  }
  if (typeof log !== "function") throw invalid("log", log, "a function");
  if ([clock?.after, clock?.now, clock?.date].some((part) => typeof part !== "function")) {
    throw invalid("clock", clock, "an object with the functions now, date and after");
  }
  return { ...resolved, messageRate: resolveRate(options.messageRate, resolved.maxMessageBytes) };
}

function invalid(name: string, value: unknown, wanted: string): WirehallError {
  return new WirehallError("INVALID_OPTION", `${name} is ${String(value)}: it must be ${wanted}`);
}

function checkOrigins(origins: readonly string[]): void {
  for (const origin of origins) {
    if (origin === "null") continue;
    if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+$/i.test(origin)) {
      throw new WirehallError(
        "INVALID_OPTION",
        `origins has "${origin}": write scheme and host, such as "https://app.example", or "null"`,
      );
    }
  }
}
