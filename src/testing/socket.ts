import { ABNORMAL_END, type Socket, type SocketEvents } from "../endpoint/socket.ts";
import { NO_STATUS, SharedMessage } from "../protocol/mod.ts";
import type { ServerEnd, TestClient } from "./client.ts";

/** The server's end of a pair in memory: what it sends is at the client at once, unless the client does not read. */
export class MemorySocket implements Socket, ServerEnd {
  readonly canPause = true;
  heard = false;
  readonly #client: TestClient;
  #events: SocketEvents | undefined;
  #paused = false;
  /** What the client sent while reading was paused. */
  #unread: (string | Uint8Array)[] = [];
  #endUnread: (() => void) | undefined;

  constructor(client: TestClient) {
    this.#client = client;
  }

  start(events: SocketEvents): void {
    this.#events = events;
  }

  get bufferedAmount(): number {
    return this.#client.unreadBytes;
  }

  send(data: string | Uint8Array | SharedMessage): void {
    const message = data instanceof SharedMessage ? data.data : data;
    this.#client.receive(typeof message === "string" ? message : message.slice());
  }

  ping(payload: Uint8Array): void {
    this.#client.receivePing(payload);
    if (!this.#client.answers) return;
    this.heard = true;
    this.#events?.pong(payload);
  }

  close(code: number | undefined, reason: string): void {
    const end = { code: code ?? NO_STATUS, reason, wasClean: true };
    this.#client.receiveEnd(end);
    // The client answers at once, but not inside the call that closed.
    if (this.#client.answers) queueMicrotask(() => this.#events?.closed(end));
  }

  terminate(): void {
    this.#client.receiveEnd(ABNORMAL_END);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused && this.#unread.length > 0) this.#events?.message(this.#unread.shift() as string);
    if (this.#paused || this.#endUnread === undefined) return;
    const end = this.#endUnread;
    this.#endUnread = undefined;
    end();
  }

  // What the client does.

  clientSent(data: string | Uint8Array): void {
    this.heard = true;
    if (this.#paused) this.#unread.push(data);
    else this.#events?.message(data);
  }

  clientRead(): void {
    this.heard = true;
    this.#events?.flushed();
  }

  clientEnded(code: number, reason: string, wasClean: boolean): void {
    const tell = () => this.#events?.closed({ code, reason, wasClean });
    if (this.#paused && wasClean) this.#endUnread = tell;
    else tell();
  }
}
