import type {
  ClientClock,
  Network,
  WebSocketConstructor,
  WebSocketEvent,
  WebSocketLike,
} from "wirehall/client";
import { type ManualClock, manualClock } from "wirehall/testing";
import type { ReferenceConnection, ReferenceRoom } from "./reference-room.ts";

/** A clock that is moved by hand, and remembers for which times it was asked. */
export class FakeClock implements ClientClock {
  readonly asked: number[] = [];
  readonly #clock: ManualClock = manualClock();

  after(ms: number, callback: () => void): () => void {
    this.asked.push(ms);
    return this.#clock.after(ms, callback);
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
  }

  /** The times since this was last called. */
  take(): number[] {
    return this.asked.splice(0);
  }
}

export class FakeNetwork implements Network {
  online = true;
  readonly listeners = new Set<() => void>();

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  turn(online: boolean): void {
    this.online = online;
    this.wake();
  }

  /** As when a page is shown again. */
  wake(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** A WebSocket whose server is a room in memory, and whose fate is in the hands of the test. */
export class FakeSocket implements WebSocketLike {
  binaryType = "blob";
  protocol = "";
  bufferedAmount = 0;
  /** What the client sent, and how it closed. */
  readonly sent: (string | Uint8Array)[] = [];
  closed: { readonly code: number | undefined; readonly reason: string | undefined } | undefined;
  /** Lets nothing through, in either direction, as a line that is dead. */
  isDead = false;
  readonly url: string;
  readonly protocols: readonly string[];
  readonly #room: ReferenceRoom;
  readonly #listeners = new Map<string, ((event: WebSocketEvent) => void)[]>();
  #connection: ReferenceConnection | undefined;

  constructor(room: ReferenceRoom, url: string, protocols: readonly string[]) {
    this.#room = room;
    this.url = url;
    this.protocols = protocols;
  }

  addEventListener(type: string, listener: (event: WebSocketEvent) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#connection === undefined) throw new Error("InvalidStateError: it is not open");
    this.sent.push(data);
    if (!this.isDead) this.#connection?.receive(data);
  }

  close(code?: number, reason?: string): void {
    // As Chromium does.
    if (code === undefined && reason !== undefined)
      throw new Error("InvalidAccessError: a reason without a code");
    this.closed ??= { code, reason };
    this.#connection?.ended();
  }

  /** The handshake is done. */
  open(protocol = "wirehall.v1"): void {
    this.protocol = protocol;
    this.#connection = this.#room.connect({
      send: (data) => this.deliver(data),
      close: (code, reason) => this.end(code, reason),
    });
    this.tell("open", {});
  }

  deliver(data: string | Uint8Array): void {
    if (this.isDead) return;
    this.tell("message", { data: typeof data === "string" ? data : data.slice().buffer });
  }

  /** The connection ends. */
  end(code: number, reason = ""): void {
    this.#connection?.ended();
    this.tell("close", { code, reason });
  }

  tell(type: string, event: WebSocketEvent): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}

/** The WebSockets that a client makes. */
export class FakeSockets {
  readonly all: FakeSocket[] = [];
  readonly WebSocket: WebSocketConstructor;

  constructor(room: ReferenceRoom) {
    const { all } = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(room, url, protocols);
        all.push(this);
      }
    };
  }

  get last(): FakeSocket {
    return this.all.at(-1) as FakeSocket;
  }
}

/** `sessionStorage`, with a limit if one is given. */
export class FakeStorage {
  readonly items = new Map<string, string>();
  maxItems = Number.POSITIVE_INFINITY;

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (!this.items.has(key) && this.items.size >= this.maxItems) throw new Error("QuotaExceededError");
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}
