import { readRefusal } from "./answer.ts";
import { Attempt, type AttemptBounds } from "./attempt.ts";
import { requireCapability } from "./capability.ts";
import { DialError } from "./error.ts";
import { type Established, OpeningHandshake, type Refused } from "./handshake.ts";
import { type DialProxy, type ProxyChoice, proxyFor } from "./proxy.ts";
import { type DialRequest, isRedirection, redirect } from "./redirect.ts";
import type { ByteStream, DialPlatform, TlsPeer } from "./stream.ts";
import type { DialTls } from "./tls.ts";
import { openTunnel } from "./tunnel.ts";

/** All that a dial needs to know. */
export interface DialPlan extends DialRequest, AttemptBounds {
  readonly proxy: ProxyChoice;
  /** How many redirections are followed. */
  readonly maxRedirects: number;
}

/** A stream on which the opening handshake is over, and what it came to. */
export interface Opened<Stream> extends Established {
  readonly stream: Stream;
  /** Of the server that accepted, after all redirections. */
  readonly url: string;
}

/**
 * Opens a WebSocket over a byte stream (RFC 6455 4.1).
 *
 * Rejects with a `DialError`, or with the signal's reason where that aborts; the stream is then dropped. Once the
 * WebSocket is open, time and signal have no more hold on it.
 *
 * One rule of 4.1 is left to browsers: that a client "MUST serialize" attempts to connect to one host. It is meant
 * against scripts of strangers. Here the program itself dials, and a server that is slow to one must not hold up all.
 */
export async function openWebSocket<Stream extends ByteStream>(
  plan: DialPlan,
  platform: DialPlatform<Stream>,
): Promise<Opened<Stream>> {
  let handshake = new OpeningHandshake(plan, platform);
  const attempt = new Attempt(plan);
  const visit = new Visit(plan, platform, attempt);
  try {
    let request: DialRequest = plan;
    for (let redirects = 0; ; redirects++) {
      const stream = await visit.connect(request);
      const outcome = await visit.exchange(handshake, request);
      if (!("message" in outcome)) {
        attempt.signal.throwIfAborted();
        return { stream, url: request.target.url, ...outcome };
      }
      request = await visit.follow(request, outcome, redirects < plan.maxRedirects);
      handshake = new OpeningHandshake(request, platform);
    }
  } catch (error) {
    visit.leave();
    // A refusal that was cut short is one all the same.
    const isRefusal = error instanceof DialError && error.code.endsWith("REFUSED");
    throw attempt.signal.aborted && !isRefusal ? attempt.signal.reason : error;
  } finally {
    attempt.end();
  }
}

/** One server after the other, as redirections lead; of its streams there is one at a time. */
class Visit<Stream extends ByteStream> {
  readonly #plan: DialPlan;
  readonly #platform: DialPlatform<Stream>;
  readonly #attempt: Attempt;
  #stream: Stream | undefined;

  constructor(plan: DialPlan, platform: DialPlatform<Stream>, attempt: Attempt) {
    this.#plan = plan;
    this.#platform = platform;
    this.#attempt = attempt;
  }

  /** A stream to the server, through the proxy where there is one. */
  async connect({ target, tls }: DialRequest): Promise<Stream> {
    const { proxy: choice, clock } = this.#plan;
    const proxy = proxyFor(choice, target, (name) => this.#platform.environment(name));
    const peer: TlsPeer | undefined = target.secure ? { hostname: target.hostname, tls } : undefined;
    if (proxy === undefined) {
      return await this.#reach(target.host, (signal) => this.#platform.connect(target, peer, signal));
    }
    if (proxy.secure && target.secure) requireCapability("tlsInTls", this.#platform.gaps());
    const outer = proxy.secure ? peerOf(proxy, tls) : peer && "later";
    const stream = await this.#reach(`the proxy ${proxy.host}`, (signal) =>
      this.#platform.connect(proxy, outer, signal),
    );
    this.#attempt.waitsFor = `an answer of the proxy ${proxy.host}`;
    await openTunnel(stream, proxy, target, clock).catch((cause) => lost(cause, "the proxy's handshake"));
    if (peer === undefined) return stream;
    return await this.#reach(`${target.host} by TLS`, (signal) =>
      this.#platform.startTls(stream, peer, signal),
    );
  }

  async exchange(handshake: OpeningHandshake, { target }: DialRequest): Promise<Established | Refused> {
    this.#attempt.waitsFor = `an answer of ${target.host}`;
    return await handshake.exchange(this.#stream as Stream).catch((cause) => lost(cause, "the handshake"));
  }

  /** The next request, where the refusal is a redirection that may be followed; else it is thrown. */
  async follow(request: DialRequest, refused: Refused, may: boolean): Promise<DialRequest> {
    let why = "";
    if (isRedirection(refused.head)) {
      const next = redirect(request, refused.head);
      if (typeof next === "object" && may) {
        this.leave();
        return next;
      }
      why = typeof next === "string" ? next : `it leads on, and maxRedirects is ${this.#plan.maxRedirects}`;
    }
    const response = await readRefusal(this.#stream as Stream, refused, this.#plan.clock);
    throw new DialError("REFUSED", why === "" ? refused.message : `${refused.message}: ${why}`, { response });
  }

  /** Drops the stream. */
  leave(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  async #reach(whom: string, connect: (signal: AbortSignal) => Promise<Stream>): Promise<Stream> {
    const attempt = this.#attempt;
    attempt.signal.throwIfAborted();
    attempt.waitsFor = `a connection to ${whom}`;
    try {
      this.#stream = await connect(attempt.signal);
    } catch (cause) {
      throw new DialError("DIAL_FAILED", `can't connect to ${whom}: ${describe(cause)}`, { cause });
    }
    attempt.dropsOnAbort(this.#stream);
    return this.#stream;
  }
}

/** The options of TLS are for servers; of those that a proxy may need too, these tell whom to trust. */
function peerOf({ hostname }: DialProxy, { ca, rejectUnauthorized }: DialTls): TlsPeer {
  return { hostname, tls: { ca, rejectUnauthorized } };
}

function lost(cause: unknown, where: string): never {
  if (cause instanceof DialError) throw cause;
  throw new DialError("DIAL_FAILED", `the connection was lost in ${where}: ${describe(cause)}`, { cause });
}

function describe(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return String(message || code || cause);
}
