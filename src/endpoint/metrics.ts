import type { RefusalReason } from "./refusal.ts";

/** The hooks of a handler whose time is taken. */
export type TimedHook = "upgrade" | "open" | "message" | "drain" | "close";

/** What a server holds at this moment. */
export interface Gauges {
  /** Open WebSockets. */
  readonly connections: number;
  /** Handshakes in flight. */
  readonly handshakes: number;
  /** Bytes that `send` accepted and that have not left the process, of all connections. It is summed up when asked for. */
  readonly bufferedBytes: number;
}

/**
 * Where a server's numbers go: `serve({ metrics })`, or what attaches to a server.
 *
 * Its functions are called as things happen, get numbers and constant strings, and must neither throw nor wait. All
 * may be left out.
 */
export interface Metrics {
  /** A WebSocket has opened. */
  connectionOpened?(): void;
  /** It is gone; code and `wasClean` are those that the handler's `close` sees. */
  connectionClosed?(code: number, wasClean: boolean): void;
  /** A message came, also one that is refused for its rate. The bytes are its own, without frames, decompressed. */
  messageReceived?(bytes: number): void;
  /** A message was accepted by `send`, or sent by a topic or a room. The bytes are its own. */
  messageSent?(bytes: number): void;
  /** A handshake was refused, or a connection was cut off by a limit. */
  refused?(reason: RefusalReason): void;
  /** A hook has returned, or its promise has settled, after `ms` milliseconds. */
  hookSettled?(hook: TimedHook, ms: number): void;
  /** Called once by each server, with what can be asked of it at any time. */
  observe?(gauges: Gauges): void;
}
