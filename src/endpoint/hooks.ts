import type { CloseEnd } from "../protocol/mod.ts";
import type { Awaitable } from "./awaitable.ts";

/** What a session calls for its connection, which it only hands on: one that was accepted, or one that was dialed. */
export interface Hooks<Connection> {
  open?(connection: Connection): Awaitable<unknown>;
  message?(connection: Connection, data: string | Uint8Array): Awaitable<unknown>;
  drain?(connection: Connection): Awaitable<unknown>;
  /** At once, also while another hook runs: its time is what a pong is about. */
  pong?(connection: Connection, payload: Uint8Array): void;
  close?(connection: Connection, end: CloseEnd): Awaitable<unknown>;
  error?(connection: Connection, error: unknown): void;
}
