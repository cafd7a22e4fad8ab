import type { DialPlan } from "./client/dial.ts";
import { type ProxyChoice, readProxy } from "./client/proxy.ts";
import type { DialTls } from "./client/tls.ts";
import type { Awaitable } from "./endpoint/awaitable.ts";
import type { Clock } from "./endpoint/clock.ts";
import type { CompressionOptions } from "./endpoint/compression.ts";
import type { Log } from "./endpoint/log.ts";
import { checkNames } from "./endpoint/names.ts";
import { type ResolvedOptions, resolveOptions } from "./endpoint/options.ts";
import { WirehallError } from "./errors.ts";
import { type CloseEnd, isTokenSubprotocol } from "./protocol/mod.ts";

/** A WebSocket that was dialed. */
export interface DialedConnection {
  /** The URL of the server, after all redirections; without a user. */
  readonly url: string;
  /** The subprotocol that the server chose, or "". */
  readonly subprotocol: string;
  /** The headers of the server's answer. */
  readonly headers: Headers;
  /** Bytes accepted by `send` that have not left the process. */
  readonly bufferedAmount: number;
  /** Resolves with how the connection ended, once it has and no hook is called any more; it never rejects. */
  readonly closed: Promise<CloseEnd>;
  /**
   * Sends one message; binary data is copied before this returns.
   *
   * Returns false when more than `highWaterMarkBytes` are waiting (the message is still sent, and `drain` follows),
   * or when the connection is closing or gone (the message is dropped).
   */
  send(data: string | Uint8Array): boolean;
  /** Sends a ping of at most 125 bytes (RFC 6455 5.5.2). */
  ping(payload?: string | Uint8Array): void;
  /**
   * Begins the closing handshake (RFC 6455 7.1.2); no message is delivered afterwards, and a server that does not
   * answer within `closeTimeoutMs` is dropped. Throws `INVALID_CLOSE` for a code that may not be sent or a reason of
   * more than 123 bytes.
   */
  close(code?: number, reason?: string): void;
  /** Drops the connection at once, without a closing handshake. */
  terminate(): void;
  /** Resolves once `bufferedAmount` is at most `highWaterMarkBytes`; rejects with `CONNECTION_CLOSED`. */
  drained(): Promise<void>;
}

/**
 * The user's functions for a WebSocket that is dialed; what they are for is as in an endpoint's `Handler`.
 *
 * They are called one at a time, but `pong`: a promise that one returns is awaited before the next call. None is called
 * before what awaits `dial` has gone on.
 */
export interface DialHandler {
  /** Each whole message. A `Uint8Array` is the handler's own and is never rewritten. */
  message?(connection: DialedConnection, data: string | Uint8Array): Awaitable<unknown>;
  /** Output fell below `highWaterMarkBytes` again after `send` had returned false. */
  drain?(connection: DialedConnection): Awaitable<unknown>;
  /** A pong, asked for or not; at once, also while another hook runs. */
  pong?(connection: DialedConnection, payload: Uint8Array): void;
  /** Exactly once, after the last message. Code and reason are those of the first close frame, else 1006. */
  close?(connection: DialedConnection, end: CloseEnd): Awaitable<unknown>;
  /** What a hook threw. The connection is closed with 1011. */
  error?(connection: DialedConnection, error: unknown): void;
}

/** Options of a dial. Times are milliseconds, sizes are bytes. */
export interface DialOptions {
  /** The subprotocols to offer, the favourite first; a token of `tokenSubprotocol` may be among them []. */
  readonly subprotocols?: readonly string[];
  /** Sent with the handshake: cookies, authorization. */
  readonly headers?: HeadersInit;
  /** The `Origin` header, which only browsers need to send. */
  readonly origin?: string;
  /** What `wss:` may need to know. */
  readonly tls?: DialTls;
  /**
   * The HTTP proxy to dial through by CONNECT, such as `"http://user:password@proxy.example:3128"`; false for none. True
   * is what the environment says in `HTTPS_PROXY` (for `wss:`), `HTTP_PROXY` (for `ws:`), `ALL_PROXY` and `NO_PROXY`,
   * where the runtime has one; loopback is then reached without a proxy [true].
   */
  readonly proxy?: string | URL | boolean;
  /**
   * So many redirections are followed, from `ws:` to `wss:` too and never back; to another origin go neither headers nor
   * user, token and certificate. One beyond them is a refusal [0].
   */
  readonly maxRedirects?: number;
  /** DNS, TCP, TLS, proxy, redirections and the opening handshake may take so long together [10 s]. */
  readonly handshakeTimeoutMs?: number;
  /** Gives up the dial, which then rejects with its reason; without effect once the connection is open. */
  readonly signal?: AbortSignal;
  /** Offers permessage-deflate (RFC 7692) [false]. */
  readonly compression?: boolean | CompressionOptions;
  /** A longer message, after decompression, closes with 1009 [1 MiB]. */
  readonly maxMessageBytes?: number;
  /** A message in more frames than this closes with 1008 [131,072]. */
  readonly maxFragments?: number;
  /** Above this many waiting bytes `send` returns false [64 KiB]. */
  readonly highWaterMarkBytes?: number;
  /** Above this many waiting bytes the connection is closed with 1013 [64 MiB]. */
  readonly maxBufferedBytes?: number;
  /**
   * A server of which nothing came for so long is pinged; when nothing comes for as long again, it is dropped, and
   * `close` sees 1006. 0 turns it off [25 s].
   */
  readonly pingIntervalMs?: number;
  /** While more messages than this wait for the handler, reading pauses [128]. */
  readonly maxQueuedMessages?: number;
  /** The same for their bytes [64 KiB]. */
  readonly maxQueuedBytes?: number;
  /**
   * A server that leaves our close frame without an answer for so long is dropped, and so is one that does not end
   * the TCP connection after it [5 s].
   */
  readonly closeTimeoutMs?: number;
  /** Where entries for the operator go [the console]. */
  readonly log?: Log;
  /** [the system's clock] */
  readonly clock?: Clock;
}

/**
 * Opens a WebSocket to a server.
 *
 * Rejects with a `DialError` where that fails, with the signal's reason where that aborts, and with what a caller does
 * wrong: `INVALID_ARGUMENT` for the URL, `INVALID_OPTION`, `INVALID_HEADER`.
 */
export type Dial = (
  url: string | URL,
  handler: DialHandler,
  options?: DialOptions,
) => Promise<DialedConnection>;

/** The hooks of a `DialHandler`. */
export const DIAL_HOOKS: readonly string[] = ["message", "drain", "pong", "close", "error"];

const NAMES = [
  "subprotocols",
  "headers",
  "origin",
  "tls",
  "proxy",
  "maxRedirects",
  "handshakeTimeoutMs",
  "signal",
  "compression",
  "maxMessageBytes",
  "maxFragments",
  "highWaterMarkBytes",
  "maxBufferedBytes",
  "pingIntervalMs",
  "maxQueuedMessages",
  "maxQueuedBytes",
  "closeTimeoutMs",
  "log",
  "clock",
];
const TLS_NAMES = ["ca", "cert", "key", "servername", "rejectUnauthorized"];

const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;
// A client has one peer, and decides by itself how much to send to it.
const DEFAULT_MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** Options of a dial with the defaults filled in: for the handshake, and for the session after it. */
export interface ResolvedDial {
  readonly handshake: Omit<DialPlan, "target" | "deflate">;
  readonly session: ResolvedOptions;
}

/** Fills in the defaults. Throws `INVALID_OPTION` for an unknown name or a value out of range. */
export function resolveDialOptions(options: DialOptions): ResolvedDial {
  checkNames("dial", options, NAMES);
  const {
    subprotocols = [],
    headers,
    origin,
    tls = {},
    proxy = true,
    maxRedirects = 0,
    signal,
    handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS,
    ...rest
  } = options;
  checkTls(tls);
  checkCount("handshakeTimeoutMs", handshakeTimeoutMs, 1);
  checkCount("maxRedirects", maxRedirects, 0);
  if (origin !== undefined && typeof origin !== "string")
    throw invalid(`origin is ${origin}: it must be a string`);
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw invalid(`signal is ${signal}: it must be an AbortSignal`);
  }
  const session = resolveOptions({
    ...rest,
    // A server may not choose a token, and a client may offer one.
    subprotocols: Array.isArray(subprotocols) ? subprotocols.filter(isNoToken) : subprotocols,
    maxBufferedBytes: rest.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES,
  });
  return {
    handshake: {
      subprotocols,
      origin,
      tls,
      proxy: readChoice(proxy),
      maxRedirects,
      signal,
      handshakeTimeoutMs,
      clock: session.clock,
      headers: readHeaders(headers),
    },
    session,
  };
}

function checkTls(tls: DialTls): void {
  checkNames("tls", tls, TLS_NAMES);
  const { ca, rejectUnauthorized, ...texts } = tls;
  if (rejectUnauthorized !== undefined && typeof rejectUnauthorized !== "boolean") {
    throw invalid(`tls.rejectUnauthorized is ${rejectUnauthorized}: it must be true or false`);
  }
  if (ca !== undefined && ![ca].flat().every((one) => typeof one === "string")) {
    throw invalid("tls.ca must be a PEM text, or a list of them");
  }
  for (const [name, text] of Object.entries(texts)) {
    if (text !== undefined && typeof text !== "string") throw invalid(`tls.${name} must be a text`);
  }
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw invalid(`${name} is ${value}: it must be a whole number from ${least} up`);
  }
}

function isNoToken(subprotocol: unknown): boolean {
  return typeof subprotocol !== "string" || !isTokenSubprotocol(subprotocol);
}

function readChoice(proxy: string | URL | boolean): ProxyChoice {
  if (typeof proxy === "boolean") return proxy ? "environment" : "none";
  if (typeof proxy !== "string" && !(proxy instanceof URL)) {
    throw invalid("proxy must be the URL of a proxy, true for the environment's or false for none");
  }
  return readProxy(proxy, "proxy");
}

function readHeaders(headers: HeadersInit | undefined): Headers {
  try {
    return new Headers(headers);
  } catch (cause) {
    throw new WirehallError("INVALID_HEADER", `headers: ${(cause as Error).message}`, { cause });
  }
}

function invalid(message: string): WirehallError {
  return new WirehallError("INVALID_OPTION", message);
}
