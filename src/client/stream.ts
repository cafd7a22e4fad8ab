import type { RandomBytes } from "../protocol/mod.ts";
import type { DialGaps } from "./capability.ts";
import type { DialTls } from "./tls.ts";

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

/** Where TCP leads. */
export interface DialAddress {
  /** A name or an address; one of IPv6 is without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** TLS on a stream: whom it is with, and by which options. */
export interface TlsPeer {
  /** A name or an address, which the certificate must have where `tls` names no other. */
  readonly hostname: string;
  readonly tls: DialTls;
}

/** What a platform gives to the opening handshake. */
export interface DialPlatform<Stream extends ByteStream> {
  /** What it can't do. */
  gaps(): DialGaps;
  /** SHA-1, at once or later. */
  sha1(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** From a CSPRNG. */
  readonly randomBytes: RandomBytes;
  /** A variable of the environment, where there is one. */
  environment(name: string): string | undefined;
  /**
   * Connects by TCP, and by TLS where a peer of it is given; "later" is for a stream that `startTls` will get. Rejects
   * with the platform's error where that fails, and leaves nothing behind when the signal aborts.
   */
  connect(address: DialAddress, tls: TlsPeer | "later" | undefined, signal: AbortSignal): Promise<Stream>;
  /** Begins TLS on a stream that is connected, which it takes over. Rejects as `connect` does. */
  startTls(stream: Stream, peer: TlsPeer, signal: AbortSignal): Promise<Stream>;
}
