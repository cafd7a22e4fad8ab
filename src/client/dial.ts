import { Attempt, type AttemptBounds } from "./attempt.ts";
import { DialError } from "./error.ts";
import { type Established, type HandshakeRequest, OpeningHandshake } from "./handshake.ts";
import type { ByteStream, DialPlatform, DialTls } from "./stream.ts";

/** All that a dial needs to know. */
export interface DialPlan extends HandshakeRequest, AttemptBounds {
  readonly tls: DialTls;
}

/** A stream on which the opening handshake is over, and what it came to. */
export interface Opened<Stream> extends Established {
  readonly stream: Stream;
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
  const handshake = new OpeningHandshake(plan, platform);
  const attempt = new Attempt(plan);
  let stream: Stream | undefined;
  try {
    stream = await connect(plan, platform, attempt.signal);
    attempt.dropsOnAbort(stream);
    const established = await handshake.exchange(stream, plan.clock).catch(asDialError);
    attempt.signal.throwIfAborted();
    return { stream, ...established };
  } catch (error) {
    stream?.destroy();
    // A refusal that was cut short is one all the same.
    const refused = error instanceof DialError && error.code === "REFUSED";
    throw attempt.signal.aborted && !refused ? attempt.signal.reason : error;
  } finally {
    attempt.end();
  }
}

async function connect<Stream extends ByteStream>(
  { target, tls }: DialPlan,
  platform: DialPlatform<Stream>,
  signal: AbortSignal,
): Promise<Stream> {
  signal.throwIfAborted();
  try {
    return await platform.connect(target, tls, signal);
  } catch (cause) {
    throw new DialError("DIAL_FAILED", `can't connect to ${target.host}: ${describe(cause)}`, { cause });
  }
}

function asDialError(cause: unknown): never {
  if (cause instanceof DialError) throw cause;
  throw new DialError("DIAL_FAILED", `the connection was lost in the handshake: ${describe(cause)}`, {
    cause,
  });
}

function describe(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return String(message || code || cause);
}
