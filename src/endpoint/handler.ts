import { WirehallError } from "../errors.ts";
import type { CloseEnd } from "../protocol/mod.ts";
import type { Awaitable } from "./awaitable.ts";
import type { Connection } from "./connection.ts";

/** What `upgrade` may ask for when it lets the connection in. */
export interface Admission<Data> {
  /** Becomes `connection.data`. */
  readonly data?: Data;
  /** Added to the response that accepts the upgrade. */
  readonly headers?: HeadersInit;
  /** One of the subprotocols that the client offered. */
  readonly subprotocol?: string;
  /** When what lets it in runs out, such as its token: becomes `connection.expiresAt` [never]. */
  readonly expiresAt?: number;
}

/**
 * The user's functions for an endpoint.
 *
 * For one connection they are called one at a time: a promise that one returns is awaited before the next call.
 * Awaiting the peer's next message inside `message` can therefore never end.
 */
export interface Handler<Data = unknown> {
  /** Before the upgrade. A `Response` refuses it and reaches the client whole; a throw answers 500. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook without a return statement is typed void
  upgrade?(request: Request): Awaitable<Response | Admission<Data> | void>;
  /** Once, before any message. Messages that arrive while it awaits are delivered after it, in order. */
  open?(connection: Connection<Data>): Awaitable<unknown>;
  /** Each whole message. A `Uint8Array` is the handler's own and is never rewritten. */
  message?(connection: Connection<Data>, data: string | Uint8Array): Awaitable<unknown>;
  /** Output fell below `highWaterMarkBytes` again after `send` had returned false. */
  drain?(connection: Connection<Data>): Awaitable<unknown>;
  /** Exactly once, after the last message. Code and reason are those of the first close frame, else 1006. */
  close?(connection: Connection<Data>, end: CloseEnd): Awaitable<unknown>;
  /** What a hook threw. The connection is closed with 1011; it is undefined when `upgrade` threw. */
  error?(connection: Connection<Data> | undefined, error: unknown): void;
}

const HOOKS = ["upgrade", "open", "message", "drain", "close", "error"];

/** Throws `INVALID_OPTION` for what is no handler, and for a function in it that is no hook. */
export function checkHandler(handler: object, hooks: readonly string[] = HOOKS): void {
  if (typeof handler !== "object" || handler === null) {
    throw new WirehallError("INVALID_OPTION", `a handler is an object with the hooks ${hooks.join(", ")}`);
  }
  for (const [name, hook] of Object.entries(handler)) {
    const isHook = hooks.includes(name);
    if (isHook ? hook !== undefined && typeof hook !== "function" : typeof hook === "function") {
      const wrong = isHook ? `the hook "${name}" is no function` : `"${name}" is no hook`;
      throw new WirehallError("INVALID_OPTION", `${wrong}: the hooks are ${hooks.join(", ")}`);
    }
  }
}
