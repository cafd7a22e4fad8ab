import {
  type CloseEnd,
  encodeClosePayload,
  isCloseCode,
  NO_STATUS,
  SharedMessage,
  TOO_BIG,
} from "../protocol/mod.ts";
import type { Clock } from "./clock.ts";
import { exceeds } from "./size.ts";
import { ABNORMAL_END, type Socket, type SocketEvents } from "./socket.ts";
import { type Timed, wheelOf } from "./wheel.ts";

/** What is used of the WebSocket that the Web's standards describe, in a server's hands. */
export interface StandardWebSocket {
  /** Undefined on workerd. */
  readonly bufferedAmount?: number;
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: StandardCloseEvent) => void): void;
  addEventListener(type: "error", listener: (event: { preventDefault?(): void }) => void): void;
}

export interface StandardCloseEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

export interface StandardSocketOptions {
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  /** Deno loses a close frame that is asked for while a message waits to be read; asked for later it is sent. */
  readonly closesLater: boolean;
}

/** How soon a runtime that has no event for it is asked whether output has left; ever later while none does. */
const FLUSH_POLL_MS = 10;
const MAX_FLUSH_POLL_MS = 160;

/** For what is on its way to be told, and ignored, before the close. */
const CLOSE_DELAY_MS = 10;

/** A runtime's own WebSocket, by the standard interface. */
export class StandardSocket implements Socket {
  readonly canPause = false;
  /** Nobody asks: where this is the WebSocket, the runtime pings, or nobody does. */
  heard = false;
  readonly #webSocket: StandardWebSocket;
  readonly #options: StandardSocketOptions;
  #events: SocketEvents | undefined;
  #poll: FlushPoll | undefined;
  #pendingClose: Pick<CloseEnd, "code" | "reason"> | undefined;
  #closed = false;

  constructor(webSocket: StandardWebSocket, options: StandardSocketOptions) {
    this.#webSocket = webSocket;
    this.#options = options;
  }

  /** Listens from now on; `events` is set by `start`, before the first event can come. */
  listen(): void {
    const webSocket = this.#webSocket;
    webSocket.binaryType = "arraybuffer";
    webSocket.addEventListener("message", ({ data }) => {
      this.#received(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    });
    webSocket.addEventListener("close", (event) => this.#ended(event));
    // A close event need not follow on every runtime; where one does, it finds the end told already.
    webSocket.addEventListener("error", (event) => {
      event.preventDefault?.();
      this.#ended(ABNORMAL_END);
    });
  }

  start(events: SocketEvents): void {
    this.#events = events;
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount ?? 0;
  }

  send(data: string | Uint8Array | SharedMessage): void {
    if (this.#closed) return;
    const message = data instanceof SharedMessage ? data.data : data;
    // A copy: workerd sends what the array holds later.
    this.#webSocket.send(typeof message === "string" ? message : new Uint8Array(message));
    if (this.bufferedAmount > 0) this.#pollFlush();
  }

  /** Never called: a connection whose transport lacks pings throws `CAPABILITY`. */
  ping(): void {}

  close(code: number | undefined, reason: string): void {
    if (this.#closed) return;
    if (!this.#options.closesLater) {
      this.#close(code, reason);
      return;
    }
    this.#pendingClose ??= { code: code ?? NO_STATUS, reason };
    this.#options.clock.after(CLOSE_DELAY_MS, () => this.#close(code, reason));
  }

  terminate(): void {
    this.close(undefined, "");
    this.#closed = true;
  }

  pause(): void {}

  resume(): void {}

  #close(code: number | undefined, reason: string): void {
    try {
      if (code === undefined) this.#webSocket.close();
      else this.#webSocket.close(code, reason);
    } catch {
      // It is gone already, of which its close event tells.
    }
  }

  #received(data: string | Uint8Array): void {
    const { maxMessageBytes } = this.#options;
    if (this.#closed) return;
    if (exceeds(data, maxMessageBytes)) {
      const reason = `a message has over ${maxMessageBytes} bytes`;
      this.close(TOO_BIG, reason);
      this.#end({ code: TOO_BIG, reason, wasClean: false });
      return;
    }
    this.#events?.message(data);
  }

  #ended(event: StandardCloseEvent): void {
    if (this.#closed) return;
    // A close of ours that waits is the first: the answer bears its code.
    answerClose(this.#webSocket, this.#pendingClose ?? event);
    // Deno tells 0 where there was no close frame.
    this.#end(event.code === 0 || event.code === ABNORMAL_END.code ? ABNORMAL_END : event);
  }

  #end({ code, reason, wasClean }: StandardCloseEvent): void {
    this.#closed = true;
    this.#events?.closed({ code, reason, wasClean });
  }

  #pollFlush(): void {
    if (this.#poll !== undefined) return;
    this.#poll = new FlushPoll(this, () => {
      if (!this.#closed) this.#events?.flushed();
      if (!this.#closed && this.bufferedAmount > 0) return true;
      this.#poll = undefined;
      return false;
    });
    wheelOf(this.#options.clock).add(this.#poll, FLUSH_POLL_MS);
  }
}

/** Asks again and again whether output has left, by the wheel. */
class FlushPoll implements Timed {
  slot: Set<Timed> | undefined;
  tick = 0;
  readonly #socket: Pick<Socket, "bufferedAmount">;
  readonly #ask: () => boolean;
  #lastBytes: number;
  #waitMs = FLUSH_POLL_MS;

  constructor(socket: Pick<Socket, "bufferedAmount">, ask: () => boolean) {
    this.#socket = socket;
    this.#ask = ask;
    this.#lastBytes = socket.bufferedAmount;
  }

  due(): number | undefined {
    const bytes = this.#socket.bufferedAmount;
    const hasLeft = bytes < this.#lastBytes;
    this.#lastBytes = bytes;
    this.#waitMs = hasLeft ? FLUSH_POLL_MS : Math.min(2 * this.#waitMs, MAX_FLUSH_POLL_MS);
    return this.#ask() ? this.#waitMs : undefined;
  }
}

/** Answers a peer's close frame where the runtime does not by itself; with codes that may be sent. */
export function answerClose(
  webSocket: Pick<StandardWebSocket, "close">,
  end: Pick<CloseEnd, "code" | "reason">,
): void {
  try {
    if (isCloseCode(end.code)) webSocket.close(end.code, fits(end.reason) ? end.reason : "");
    else webSocket.close();
  } catch {
    // It was answered already.
  }
}

function fits(reason: string): boolean {
  try {
    encodeClosePayload(1000, reason);
    return true;
  } catch {
    return false;
  }
}
