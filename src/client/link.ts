import { PING, SUBPROTOCOL } from "../subprotocol/mod.ts";
import type { ClientClock } from "./clock.ts";

/** What is used of a WebSocket. The global one of browsers, Node, Deno, Bun and Workers has it, and that of npm `ws`. */
export interface WebSocketLike {
  binaryType: string;
  readonly protocol: string;
  readonly bufferedAmount: number;
  addEventListener(type: string, listener: (event: WebSocketEvent) => void): void;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export interface WebSocketEvent {
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export interface LinkEvents {
  opened(subprotocol: string): void;
  received(data: string | Uint8Array): void;
  /** Once, unless `drop` or `close` came before. */
  ended(code: number, reason: string): void;
}

/** One WebSocket, from its making to its end. Throws what the constructor throws. */
export class Link {
  readonly #socket: WebSocketLike;
  readonly #clock: ClientClock;
  readonly #events: LinkEvents;
  #over = false;
  #heard = false;
  #keepaliveMs = 0;
  #cancel = (): void => {};

  constructor(
    WebSocket: WebSocketConstructor,
    url: string,
    protocols: readonly string[],
    clock: ClientClock,
    events: LinkEvents,
  ) {
    this.#clock = clock;
    this.#events = events;
    this.#socket = new WebSocket(url, [SUBPROTOCOL, ...protocols]);
    this.#socket.binaryType = "arraybuffer";
    this.#on("open", () => events.opened(this.#socket.protocol));
    this.#on("message", ({ data }) => {
      this.#heard = true;
      events.received(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    });
    this.#on("close", ({ code, reason }) => this.#end(code ?? 1006, reason ?? ""));
    // A close follows; some make an error an exception where nobody listens.
    this.#on("error", () => {});
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (!this.#over) this.#socket.send(data);
  }

  /** Sends a keepalive every `ms`, and takes the connection for dead when nothing came since the last one. */
  keepAlive(ms: number): void {
    this.#keepaliveMs = ms;
    this.#heard = true;
    this.#wait(ms);
  }

  /** Asks now whether the connection lives, and waits no longer than `ms` for the answer. */
  probe(ms: number): void {
    if (this.#keepaliveMs > 0) this.#ping(Math.min(ms, this.#keepaliveMs));
  }

  /** From now on nothing is heard of it. */
  close(code?: number, reason?: string): void {
    this.#over = true;
    this.#cancel();
    // Chromium takes no reason without a code, not even an empty one.
    if (code === undefined) this.#socket.close();
    else this.#socket.close(code, reason);
  }

  #ping(waitMs: number): void {
    this.#heard = false;
    this.send(PING);
    this.#wait(waitMs);
  }

  #wait(ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(ms, () => {
      if (this.#heard) this.#ping(this.#keepaliveMs);
      else this.#end(1006, "");
    });
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel();
    this.#socket.close();
    this.#events.ended(code, reason);
  }

  #on(type: string, listener: (event: WebSocketEvent) => void): void {
    this.#socket.addEventListener(type, (event) => {
      if (!this.#over) listener(event);
    });
  }
}
