import {
  type CloseEnd,
  INTERNAL_ERROR,
  NO_STATUS,
  POLICY_VIOLATION,
  TRY_AGAIN_LATER,
} from "../protocol/mod.ts";
import { isPromise } from "./awaitable.ts";
import type { Outgoing } from "./behind.ts";
import { Expiry } from "./expiry.ts";
import type { Hooks } from "./hooks.ts";
import { Inbox } from "./inbox.ts";
import { Keepalive, type Kept } from "./keepalive.ts";
import { defaultOf } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { Outlet, type OutletSession } from "./outlet.ts";
import type { RefusalReason } from "./refusal.ts";
import { reportError } from "./report.ts";
import { ABNORMAL_END, type Socket, type SocketEvents } from "./socket.ts";
import type { SessionOptions, SessionSurroundings } from "./surroundings.ts";

// What may wait for a handler where reading can't pause: more than elsewhere, since above it the connection is lost.
const UNPAUSED_MESSAGES = defaultOf("maxUnpausedMessages");
const MAX_SIZED = 4;
/** What a runtime may have read already when reading pauses, at most [bytes]. */
const MAX_READ_BYTES: number = 1024 * 1024;

/**
 * Stands between a socket and a handler: order, limits, and `close` exactly once.
 *
 * A socket's events come in through `SocketEvents`. The handler is called one call at a time; what arrives
 * meanwhile waits in the inbox, and reading pauses above its bounds.
 */
export class Session<Connection> implements SocketEvents, OutletSession, Kept {
  readonly options: SessionOptions;
  /** Called once, as soon as the transport is gone; the handler's `close` may still be waiting its turn. */
  onGone: (() => void) | undefined;
  /** The peer's, for the log. */
  address: string | undefined;

  readonly #hooks: Hooks<Connection>;
  readonly #surroundings: SessionSurroundings;
  readonly #meter: Meter | undefined;
  #socket!: Socket;
  #outlet!: Outlet;
  #connection!: Connection;
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

  constructor(hooks: Hooks<Connection>, options: SessionOptions, surroundings: SessionSurroundings) {
    this.#hooks = hooks;
    this.#meter = surroundings.meter;
    this.options = options;
    this.#surroundings = surroundings;
  }

  /** Binds both ends and calls `open`. Must come before any event of the socket. */
  start(socket: Socket, connection: Connection): void {
    this.#socket = socket;
    this.#connection = connection;
    this.#outlet = new Outlet(this, socket, this.#surroundings.budget);
    const { pingIntervalMs } = this.options;
    if (this.#surroundings.keepsAlive && pingIntervalMs > 0) {
      this.#keepalive = new Keepalive(this, socket, pingIntervalMs);
      this.#keepalive.start(this.#surroundings.wheel);
    }
    this.#meter?.opened();
    if (this.#hooks.open !== undefined) this.#run("open");
    else this.#busy = false;
    this.#pump();
  }

  // What the socket reports.

  message(data: string | Uint8Array): void {
    if (this.#closing !== undefined || this.#end !== undefined) return;
    if (this.#meter?.received(data) === false) {
      this.#cut("message-rate", "messages come faster than messageRate", POLICY_VIOLATION, "too fast");
      return;
    }
    if (this.#busy || (this.#inbox !== undefined && this.#inbox.length > 0)) {
      this.#enqueue(data);
      return;
    }
    this.#deliver(data);
    if (!this.#busy) this.#pump();
  }

  pong(payload: Uint8Array): void {
    if (this.#hooks.pong === undefined || !this.isOpen) return;
    try {
      this.#hooks.pong(this.#connection, payload);
    } catch (error) {
      this.#threw(error);
    }
  }

  flushed(): void {
    if (!this.#outlet.flushed()) return;
    this.#drainDue = this.#hooks.drain !== undefined;
    if (!this.#busy) this.#pump();
  }

  closed(end: CloseEnd): void {
    if (this.#end !== undefined) return;
    // The first close frame in either direction names the end, and ours was first if we had asked for it.
    this.#end = this.#closing === undefined ? end : { ...this.#closing, wasClean: end.wasClean };
    this.#meter?.closed(this.#end, this.#closing !== undefined);
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

  /** How the connection ended, once the transport is gone. */
  get end(): CloseEnd | undefined {
    return this.#end;
  }

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
    if (!this.isOpen) return false;
    const outlet = this.#outlet;
    if (this.#meter === undefined) return outlet.send(data, key);
    const { droppedMessages } = outlet;
    const isBelow = outlet.send(data, key);
    if (outlet.droppedMessages === droppedMessages) this.#meter.sent(data);
    return isBelow;
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
    this.#cut("slow-consumer", message);
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
    this.#cut("queue-full", `${inbox.length} messages of ${inbox.bytes} bytes wait for the handler`);
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
    this.#begin("message");
    let result: unknown;
    try {
      result = this.#hooks.message?.(this.#connection, data);
    } catch (error) {
      this.#threw(error);
    }
    this.#settle(result);
  }

  #run(name: "open" | "drain"): void {
    this.#begin(name);
    let result: unknown;
    try {
      result = this.#hooks[name]?.(this.#connection);
    } catch (error) {
      this.#threw(error);
    }
    this.#settle(result);
  }

  #runClose(end: CloseEnd): void {
    this.#begin("close");
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
    this.#meter?.hookSettled();
    this.#isFinished = true;
    this.#finished?.resolve();
  }

  #begin(hook: Exclude<keyof Hooks<Connection>, "error" | "pong">): void {
    this.#busy = true;
    if (this.#hooks[hook] !== undefined) this.#meter?.hookBegins(hook);
  }

  #settle(result: unknown): void {
    if (!isPromise(result)) {
      this.#settled();
      return;
    }
    this.#resumed ??= () => {
      this.#settled();
      this.#pump();
    };
    this.#rejected ??= (error) => {
      this.#threw(error);
      this.#settled();
      this.#pump();
    };
    result.then(this.#resumed, this.#rejected);
  }

  #settled(): void {
    this.#meter?.hookSettled();
    this.#busy = false;
  }

  #threw(error: unknown): void {
    this.shut(INTERNAL_ERROR, "");
    this.#inbox?.clear();
    reportError(this.#hooks, this.#connection, error, this.options.log);
  }

  /** Closes a connection that is above a limit: it is counted, and logged. */
  #cut(reason: RefusalReason, message: string, code = TRY_AGAIN_LATER, closeReason = ""): void {
    this.#meter?.refused(reason);
    this.options.log({
      level: "warn",
      event: reason,
      message: `${message}; the connection is closed with ${code}`,
      reason,
      address: this.address,
    });
    this.shut(code, closeReason);
  }

  #logError(event: string, message: string, error: unknown): void {
    this.options.log({ level: "error", event, message, error });
  }
}
