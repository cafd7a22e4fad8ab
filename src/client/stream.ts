import type { RandomBytes, Sha1 } from "../protocol/mod.ts";
import type { DialTarget } from "./target.ts";

/** A byte stream to a server, as the opening handshake uses it. */
export interface ByteStream {
  write(bytes: Uint8Array): void;
  /**
   * The next bytes, in an array of the caller's own; undefined once the server has ended its side. Rejects once the
   * stream is lost.
   */
  read(): Promise<Uint8Array | undefined>;
  /** Drops the stream, and settles a `read` that waits. */
  destroy(): void;
}

/** What `wss:` may need to know; texts are PEM. */
export interface DialTls {
  /** The certificates to trust instead of the platform's. */
  readonly ca?: string | readonly string[];
  /** The client's own certificate, where the server asks for one, and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must have [the URL's host]. */
  readonly servername?: string;
  /** False takes any certificate, and with it anyone between [true]. */
  readonly rejectUnauthorized?: boolean;
}

/** What a platform gives to the opening handshake. */
export interface DialPlatform<Stream extends ByteStream> {
  readonly sha1: Sha1;
  /** From a CSPRNG. */
  readonly randomBytes: RandomBytes;
  /**
   * Connects by TCP, and by TLS where the target is secure. Rejects with the platform's error where that fails, and
   * leaves nothing behind when the signal aborts.
   */
  connect(target: DialTarget, tls: DialTls, signal: AbortSignal): Promise<Stream>;
}
