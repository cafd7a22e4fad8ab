import { ABNORMAL_CLOSURE, type CloseEnd, type SharedMessage } from "../protocol/mod.ts";

/** The end of a connection that was lost without a close frame. */
export const ABNORMAL_END: CloseEnd = { code: ABNORMAL_CLOSURE, reason: "", wasClean: false };

/**
 * The port that a runtime implements under a connection.
 *
 * Nothing here throws for what the peer did, and calls on a socket that is gone do nothing.
 */
export interface Socket {
  /** False where the runtime cannot stop reading; the session then closes with 1013 when its queue is full. */
  readonly canPause: boolean;
  /** The socket sets it when anything came from the peer, or output went that was backed up; keepalive takes it down. */
  heard: boolean;
  /** Bytes accepted by `send` that have not left the process; 0 where the runtime does not tell (a capability). */
  readonly bufferedAmount: number;
  /** Takes a snapshot of binary data. */
  send(data: string | Uint8Array | SharedMessage): void;
  ping(payload: Uint8Array): void;
  /** Begins the closing handshake; `code` undefined sends an empty close frame. */
  close(code: number | undefined, reason: string): void;
  /** Drops the transport without a closing handshake. */
  terminate(): void;
  pause(): void;
  resume(): void;
}

/** What a socket reports, in order; `closed` comes exactly once and nothing follows it. */
export interface SocketEvents {
  message(data: string | Uint8Array): void;
  pong(payload: Uint8Array): void;
  /** Some output left: `bufferedAmount` may have fallen. */
  flushed(): void;
  closed(end: CloseEnd): void;
}
