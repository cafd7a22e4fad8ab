import { type CloseEnd, INTERNAL_ERROR, NO_STATUS, TRY_AGAIN_LATER } from "../protocol/mod.ts";
import { isPromise } from "./awaitable.ts";
import type { Outgoing } from "./behind.ts";
import type { Connection } from "./connection.ts";
import { Expiry } from "./expiry.ts";
import type { Handler } from "./handler.ts";
import { Inbox } from "./inbox.ts";
import { Keepalive, type Kept } from "./keepalive.ts";
import type { ResolvedOptions } from "./options.ts";
import { Outlet, type OutletSession } from "./outlet.ts";
import type { OutputBudget } from "./output-budget.ts";
import { reportError } from "./report.ts";
import { ABNORMAL_END, type Socket, type SocketEvents } from "./socket.ts";
import type { Wheel } from "./wheel.ts";

/** What a session calls for its connection. */
export type Hooks<Data> = Pick<Handler<Data>, "open" | "message" | "drain" | "close" | "error">;

/** What a session shares with others. */
export interface SessionSurroundings {
  readonly budget: OutputBudget;
  readonly wheel: Wheel;
  /** Whether it is for the session to ping a peer that is silent. */
  readonly keepsAlive: boolean;
}

// What may wait for a handler where reading can't pause: more than elsewhere, since above it the connection is lost.
const UNPAUSED_MESSAGES = 1024;
const MAX_SIZED = 4;
/** What a runtime may have read already when reading pauses, at most [bytes]. */
const MAX_READ_BYTES: number = 1024 * 1024;

/**
 * Stands between a socket and a handler: order, limits, and `close` exactly once.
 *
 * A socket's events come in through `SocketEvents`. The handler is called one call at a time; what arrives
 * meanwhile waits in the inbox, and reading pauses above its bounds.
 */
export class Session<Data> implements SocketEvents, OutletSession, Kept {
  readonly options: ResolvedOptions;
  /** Called once, as soon as the transport is gone; the handler's `close` may still be waiting its turn. */
  onGone: (() => void) | undefined;

  readonly #hooks: Hooks<Data>;
  readonly #surroundings: SessionSurroundings;
  #socket!: Socket;
  #outlet!: Outlet;
  #connection!: Connection<Data>;
  #inbox: Inbox | undefined;
  /** A hook is running, or its promise is pending. */
  #busy = true;
  #paused = false;
  #drainDue = false;
  /** We asked for the close: nothing more is delivered. */
  #closing: CloseEnd | undefined;
  /** The transport is gone. */
  #end: CloseEnd | undefined;
  #closeCalled = false;
  #finished: PromiseWithResolvers<void> | undefined;
  #isFinished = false;
  #cancelCloseTimer: (() => void) | undefined;
  #keepalive: Keepalive | undefined;
  #expiry: Expiry | undefined;
  #abort: AbortController | undefined;
  #resumed: (() => void) | undefined;
  #rejected: ((error: unknown) => void) | undefined;

  constructor(hooks: Hooks<Data>, options: ResolvedOptions, surroundings: SessionSurroundings) {
    this.#hooks = hooks;
    this.options = options;
    this.#surroundings = surroundings;
  }

  /** Binds both ends and calls `open`. Must come before any event of the socket. */
  start(socket: Socket, connection: Connection<Data>): void {
    this.#socket = socket;
    this.#connection = connection;
    this.#outlet = new Outlet(this, socket, this.#surroundings.budget);
    const { pingIntervalMs } = this.options;
    if (this.#surroundings.keepsAlive && pingIntervalMs > 0) {
      this.#keepalive = new Keepalive(this, socket, pingIntervalMs);
      this.#keepalive.start(this.#surroundings.wheel);
    }
    if (this.#hooks.open !== undefined) this.#run("open");
    else this.#busy = false;
    this.#pump();
  }

  // What the socket reports.

  message(data: string | Uint8Array): void {
    if (this.#closing !== undefined || this.#end !== undefined) return;
    if (this.#busy || (this.#inbox !== undefined && this.#inbox.length > 0)) {
      this.#enqueue(data);
      return;
    }
    this.#deliver(data);
    if (!this.#busy) this.#pump();
  }

  pong(_payload: Uint8Array): void {}

  flushed(): void {
    if (!this.#outlet.flushed()) return;
    this.#drainDue = this.#hooks.drain !== undefined;
    if (!this.#busy) this.#pump();
  }

  closed(end: CloseEnd): void {
    if (this.#end !== undefined) return;
    // The first close frame in either direction names the end, and ours was first if we had asked for it.
    this.#end = this.#closing === undefined ? end : { ...this.#closing, wasClean: end.wasClean };
    this.#cancelCloseTimer?.();
    this.#stopTimes();
    this.#outlet.ended();
    this.#abort?.abort();
    this.onGone?.();
    if (!this.#busy) this.#pump();
  }

  /** Resolves once the handler's `close` has settled: nothing is called any more. */
  get finished(): Promise<void> {
    this.#finished ??= Promise.withResolvers<void>();
    if (this.#isFinished) this.#finished.resolve();
    return this.#finished.promise;
  }

  // What the connection asks for.

  get bufferedAmount(): number {
    return this.#outlet.bufferedAmount;
  }

  get droppedMessages(): number {
    return this.#outlet.droppedMessages;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** When the connection is closed with 3000, in milliseconds since the epoch. */
  get expiresAt(): number | undefined {
    return this.#expiry?.at;
  }

  set expiresAt(at: number | undefined) {
    if (!this.isOpen) return;
    if (this.#expiry === undefined) {
      if (at === undefined) return;
      this.#expiry = new Expiry(this, this.options.clock, this.#surroundings.wheel);
    }
    this.#expiry.at = at;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#end !== undefined) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  get isOpen(): boolean {
    return this.#closing === undefined && this.#end === undefined;
  }

  send(data: Outgoing, key?: string): boolean {
    return this.isOpen && this.#outlet.send(data, key);
  }

  ping(payload: Uint8Array): void {
    if (this.isOpen) this.#socket.ping(payload);
  }

  /** Begins the closing handshake; the caller has checked code and reason. */
  shut(code: number | undefined, reason: string): void {
    if (!this.isOpen) return;
    this.#closing = { code: code ?? NO_STATUS, reason, wasClean: false };
    this.#inbox?.clear();
    this.#resume();
    this.#stopTimes();
    this.#outlet.closing();
    this.#cancelCloseTimer = this.options.clock.after(this.options.closeTimeoutMs, () => {
      this.#socket.terminate();
      this.closed(ABNORMAL_END);
    });
    this.#socket.close(code, reason);
  }

  terminate(): void {
    if (this.#end !== undefined) return;
    this.#inbox?.clear();
    this.#socket.terminate();
    this.closed(ABNORMAL_END);
  }

  drained(): Promise<void> {
    return this.#outlet.drained();
  }

  tooSlow(message: string): void {
    this.#warn("slow-consumer", message);
    this.shut(TRY_AGAIN_LATER, "");
  }

  #stopTimes(): void {
    if (this.#keepalive !== undefined) this.#surroundings.wheel.remove(this.#keepalive);
    this.#expiry?.stop();
  }

  // Calls to the handler.

  #enqueue(data: string | Uint8Array): void {
    this.#inbox ??= new Inbox();
    const inbox = this.#inbox;
    inbox.push(data);
    if (!this.#isOverfull(inbox)) return;
    if (this.#socket.canPause && !this.#paused) {
      this.#paused = true;
      this.#socket.pause();
    }
    if (!this.#isTooMuch(inbox)) return;
    this.#warn("queue-full", `${inbox.length} messages of ${inbox.bytes} bytes wait for the handler`);
    this.shut(TRY_AGAIN_LATER, "");
  }

  #isOverfull(inbox: Inbox): boolean {
    return inbox.length > this.options.maxQueuedMessages || inbox.bytes > this.options.maxQueuedBytes;
  }

  /** Where reading pauses, what was read before it is told yet, and may be far more when it is inflated. */
  #isTooMuch(inbox: Inbox): boolean {
    const { maxMessageBytes, maxQueuedBytes } = this.options;
    if (!this.#socket.canPause) {
      return inbox.length > UNPAUSED_MESSAGES || inbox.bytes > MAX_SIZED * maxMessageBytes;
    }
    return inbox.bytes > maxQueuedBytes + Math.max(MAX_SIZED * maxMessageBytes, MAX_READ_BYTES);
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // While we did not read, the peer can't have shown that it lives.
    this.#socket.heard = true;
    this.#socket.resume();
  }

  /** Calls the handler for what waits, until a call is pending or nothing waits. */
  #pump(): void {
    while (!this.#busy) {
      if (this.#inbox !== undefined && this.#inbox.length > 0) {
        this.#deliver(this.#inbox.shift());
        if (!this.#isOverfull(this.#inbox)) this.#resume();
      } else if (this.#drainDue && this.isOpen) {
        this.#drainDue = false;
        this.#run("drain");
      } else if (this.#end !== undefined && !this.#closeCalled) {
        this.#closeCalled = true;
        this.#runClose(this.#end);
      } else {
        return;
      }
    }
  }

  #deliver(data: string | Uint8Array): void {
    this.#busy = true;
    let result: unknown;
    try {
      result = this.#hooks.message?.(this.#connection, data);
    } catch (error) {
      this.#threw(error);
    }
    this.#settle(result);
  }

  #run(name: "open" | "drain"): void {
    this.#busy = true;
    let result: unknown;
    try {
      result = this.#hooks[name]?.(this.#connection);
    } catch (error) {
      this.#threw(error);
    }
    this.#settle(result);
  }

  #runClose(end: CloseEnd): void {
    let result: unknown;
    try {
      result = this.#hooks.close?.(this.#connection, end);
    } catch (error) {
      this.#logError("close-threw", "the handler's close threw", error);
    }
    if (!isPromise(result)) {
      this.#finish();
      return;
    }
    result.then(
      () => this.#finish(),
      (error) => {
        this.#logError("close-threw", "the handler's close threw", error);
        this.#finish();
      },
    );
  }

  #finish(): void {
    this.#isFinished = true;
    this.#finished?.resolve();
  }

  #settle(result: unknown): void {
    if (!isPromise(result)) {
      this.#busy = false;
      return;
    }
    this.#resumed ??= () => {
      this.#busy = false;
      this.#pump();
    };
    this.#rejected ??= (error) => {
      this.#threw(error);
      this.#busy = false;
      this.#pump();
    };
    result.then(this.#resumed, this.#rejected);
  }

  #threw(error: unknown): void {
    this.shut(INTERNAL_ERROR, "");
    this.#inbox?.clear();
    reportError(this.#hooks, this.#connection, error, this.options.log);
  }

  #warn(event: string, message: string): void {
    this.options.log({ level: "warn", event, message: `${message}; the connection is closed with 1013` });
  }

  #logError(event: string, message: string, error: unknown): void {
    this.options.log({ level: "error", event, message, error });
  }
}
