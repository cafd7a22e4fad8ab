import { openWebSocket } from "./client/dial.ts";
import type { ByteStream, DialPlatform } from "./client/stream.ts";
import { readTarget } from "./client/target.ts";
import { checkTlsGaps } from "./client/tls.ts";
import { DIAL_HOOKS, type Dial, type DialedConnection, resolveDialOptions } from "./dial.ts";
import type { ResolvedCompression } from "./endpoint/compression.ts";
import { checkHandler } from "./endpoint/handler.ts";
import type { Log } from "./endpoint/log.ts";
import { OutputBudget } from "./endpoint/output-budget.ts";
import { checkPayload, pingPayload } from "./endpoint/payload.ts";
import { Session } from "./endpoint/session.ts";
import type { Socket, SocketEvents } from "./endpoint/socket.ts";
import type { SessionOptions } from "./endpoint/surroundings.ts";
import { Wheel, wheelOf } from "./endpoint/wheel.ts";
import { type CloseEnd, type DeflateTerms, encodeClosePayload, type WireDeflate } from "./protocol/mod.ts";

/** What a runtime gives to dials. */
export interface Dialing<Stream extends ByteStream> extends DialPlatform<Stream> {
  /** False where a timer belongs to the request in which it was set [true]. */
  readonly sharesTimers?: boolean;
  /** The socket over a stream on which the opening handshake is over. */
  socket(stream: Stream, options: DialedSocketOptions): DialedSocket;
  /** Calls back once everything has gone on that awaits a promise which is resolved now. */
  defer(callback: () => void): void;
}

export interface DialedSocketOptions
  extends Pick<SessionOptions, "maxMessageBytes" | "maxFragments" | "closeTimeoutMs" | "clock"> {
  /** What was agreed of compression; undefined for none. */
  readonly compression: Omit<WireDeflate, "platform"> | undefined;
}

/** A socket that reads once it is told to. */
export interface DialedSocket extends Socket {
  /** `early` is what the server had sent already. */
  start(events: SocketEvents, early: Uint8Array): void;
}

/** Makes a runtime's `dial`. */
export function dialer<Stream extends ByteStream>(dialing: Dialing<Stream>): Dial {
  let warned = false;
  const warnOnce = (log: Log, message: string): void => {
    if (!warned) log({ level: "warn", event: "compression-missing", message });
    warned = true;
  };

  const termsOf = (compression: ResolvedCompression | undefined, log: Log): DeflateTerms | undefined => {
    if (compression === undefined) return undefined;
    const { compression: none, contextTakeover } = dialing.gaps();
    if (none !== undefined) {
      warnOnce(log, `no compression: ${none}`);
      return undefined;
    }
    if (!compression.contextTakeover || contextTakeover === undefined) return compression;
    warnOnce(log, `compression is without contextTakeover: ${contextTakeover}`);
    return { ...compression, contextTakeover: false };
  };

  return async (url, handler, options = {}) => {
    checkHandler(handler, DIAL_HOOKS);
    const target = readTarget(url);
    const { handshake, session: settings } = resolveDialOptions(options);
    const { compression, maxMessageBytes, maxFragments, closeTimeoutMs, clock } = settings;
    checkTlsGaps(handshake.tls, dialing.gaps());
    const deflate = termsOf(compression, settings.log);
    const opened = await openWebSocket({ ...handshake, target, deflate }, dialing);
    const session = new Session<DialedConnection>(handler, settings, {
      budget: new OutputBudget(clock, settings.log, Number.POSITIVE_INFINITY),
      wheel: dialing.sharesTimers === false ? new Wheel(clock) : wheelOf(clock),
      keepsAlive: true,
    });
    const socket = dialing.socket(opened.stream, {
      maxMessageBytes,
      maxFragments,
      closeTimeoutMs,
      clock,
      compression: opened.deflate && {
        agreement: opened.deflate,
        thresholdBytes: compression?.thresholdBytes,
      },
    });
    const connection = new SessionDialed(session, opened);
    session.start(socket, connection);
    // A message right behind the server's answer must not find its handler before the caller has the connection.
    dialing.defer(() => socket.start(session, opened.early));
    return connection;
  };
}

/** The connection that a caller of `dial` gets, over the session that does the work. */
class SessionDialed implements DialedConnection {
  readonly url: string;
  readonly subprotocol: string;
  readonly headers: Headers;
  readonly #session: Session<DialedConnection>;

  constructor(
    session: Session<DialedConnection>,
    { url, subprotocol, headers }: Pick<DialedConnection, "url" | "subprotocol" | "headers">,
  ) {
    this.#session = session;
    this.url = url;
    this.subprotocol = subprotocol;
    this.headers = headers;
  }

  get bufferedAmount(): number {
    return this.#session.bufferedAmount;
  }

  get closed(): Promise<CloseEnd> {
    return this.#session.finished.then(() => this.#session.end as CloseEnd);
  }

  send(data: string | Uint8Array): boolean {
    checkPayload(data);
    return this.#session.send(data);
  }

  ping(payload: string | Uint8Array = ""): void {
    this.#session.ping(pingPayload(payload));
  }

  close(code?: number, reason = ""): void {
    encodeClosePayload(code, reason);
    this.#session.shut(code, reason);
  }

  terminate(): void {
    this.#session.terminate();
  }

  async drained(): Promise<void> {
    await this.#session.drained();
  }
}
