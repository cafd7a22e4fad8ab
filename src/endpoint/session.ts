import { WirehallError } from "../errors.ts";
import {
  type CloseEnd,
  INTERNAL_ERROR,
  NO_STATUS,
  POLICY_VIOLATION,
  type SharedMessage,
  TRY_AGAIN_LATER,
} from "../protocol/mod.ts";
import { type Awaitable, isPromise } from "./awaitable.ts";
import { Inbox } from "./inbox.ts";
import { defaultOf } from "./limits.ts";
import type { Meter } from "./meter.ts";
import type { ResolvedOptions } from "./options.ts";
import type { RefusalReason } from "./refusal.ts";
import { reportError } from "./report.ts";
import { ABNORMAL_END, type Socket, type SocketEvents } from "./socket.ts";

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

/** What a session takes of the options of an endpoint or of a dial. */
export type SessionOptions = Pick<
  ResolvedOptions,
  | "maxMessageBytes"
  | "maxFragments"
  | "highWaterMarkBytes"
  | "maxBufferedBytes"
  | "maxQueuedMessages"
  | "maxQueuedBytes"
  | "closeTimeoutMs"
  | "log"
  | "clock"
>;

// What may wait for a handler where reading can't pause: more than elsewhere, since above it the connection is lost.
const UNPAUSED_MESSAGES = defaultOf("maxUnpausedMessages");
const UNPAUSED_MAX_SIZED = 4;

/**
 * Stands between a socket and a handler: order, limits, and `close` exactly once.
 *
 * A socket's events come in through `SocketEvents`. The handler is called one call at a time; what arrives
 * meanwhile waits in the inbox, and reading pauses above its bounds.
 */
export class Session<Connection> implements SocketEvents {
  readonly options: SessionOptions;
  /** Called once, as soon as the transport is gone; the handler's `close` may still be waiting its turn. */
  onGone: (() => void) | undefined;
  /** The peer's, for the log. */
  address: string | undefined;

  readonly #hooks: Hooks<Connection>;
  readonly #meter: Meter | undefined;
  #socket!: Socket;
  #connection!: Connection;
  #inbox: Inbox | undefined;
  /** A hook is running, or its promise is pending. */
  #busy = true;
  #paused = false;
  #drainOwed = false;
  #drainDue = false;
  /** We asked for the close: nothing more is delivered. */
  #closing: CloseEnd | undefined;
  /** The transport is gone. */
  #end: CloseEnd | undefined;
  #closeCalled = false;
  #finished: PromiseWithResolvers<void> | undefined;
  #isFinished = false;
  #cancelCloseTimer: (() => void) | undefined;
  #abort: AbortController | undefined;
  #drainWaiters: PromiseWithResolvers<void>[] | undefined;
  #resumed: (() => void) | undefined;
  #rejected: ((error: unknown) => void) | undefined;

  constructor(hooks: Hooks<Connection>, options: SessionOptions, meter?: Meter) {
    this.#hooks = hooks;
    this.#meter = meter;
    this.options = options;
  }

  /** Binds both ends and calls `open`. Must come before any event of the socket. */
  start(socket: Socket, connection: Connection): void {
    this.#socket = socket;
    this.#connection = connection;
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
    if (!this.#drainOwed || this.#socket.bufferedAmount > this.options.highWaterMarkBytes) return;
    this.#drainOwed = false;
    this.#drainDue = this.#hooks.drain !== undefined;
    for (const waiter of this.#takeDrainWaiters()) waiter.resolve();
    if (!this.#busy) this.#pump();
  }

  closed(end: CloseEnd): void {
    if (this.#end !== undefined) return;
    // The first close frame in either direction names the end, and ours was first if we had asked for it.
    this.#end = this.#closing === undefined ? end : { ...this.#closing, wasClean: end.wasClean };
    this.#meter?.closed(this.#end, this.#closing !== undefined);
    this.#cancelCloseTimer?.();
    for (const waiter of this.#takeDrainWaiters()) waiter.reject(this.#closedError());
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

  /** Bytes that wait to leave the process. */
  get bufferedAmount(): number {
    return this.#end === undefined ? this.#socket.bufferedAmount : 0;
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

  send(data: string | Uint8Array | SharedMessage): boolean {
    if (!this.isOpen) return false;
    const socket = this.#socket;
    socket.send(data);
    this.#meter?.sent(data);
    const buffered = socket.bufferedAmount;
    if (buffered <= this.options.highWaterMarkBytes) return true;
    if (buffered > this.options.maxBufferedBytes) {
      const { maxBufferedBytes } = this.options;
      this.#cut("slow-consumer", `${buffered} bytes wait, maxBufferedBytes is ${maxBufferedBytes}`);
      return false;
    }
    this.#drainOwed = true;
    return false;
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
    if (!this.isOpen) return Promise.reject(this.#closedError());
    if (this.#socket.bufferedAmount <= this.options.highWaterMarkBytes) return Promise.resolve();
    this.#drainOwed = true;
    const waiter = Promise.withResolvers<void>();
    this.#drainWaiters ??= [];
    this.#drainWaiters.push(waiter);
    return waiter.promise;
  }

  // Calls to the handler.

  #enqueue(data: string | Uint8Array): void {
    this.#inbox ??= new Inbox();
    const inbox = this.#inbox;
    inbox.push(data);
    if (this.#paused || !this.#isOverfull(inbox)) return;
    if (this.#socket.canPause) {
      this.#paused = true;
      this.#socket.pause();
    } else if (
      inbox.length > UNPAUSED_MESSAGES ||
      inbox.bytes > UNPAUSED_MAX_SIZED * this.options.maxMessageBytes
    ) {
      this.#cut("queue-full", `${inbox.length} messages of ${inbox.bytes} bytes wait for the handler`);
    }
  }

  #isOverfull(inbox: Inbox): boolean {
    return inbox.length > this.options.maxQueuedMessages || inbox.bytes > this.options.maxQueuedBytes;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
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

  #takeDrainWaiters(): PromiseWithResolvers<void>[] {
    const waiters = this.#drainWaiters ?? [];
    this.#drainWaiters = undefined;
    return waiters;
  }

  #closedError(): WirehallError {
    return new WirehallError("CONNECTION_CLOSED", "the connection is closing or closed");
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
