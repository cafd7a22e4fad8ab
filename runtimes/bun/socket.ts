import type { Connections } from "../../src/endpoint/connections.ts";
import { exceeds } from "../../src/endpoint/size.ts";
import { ABNORMAL_END, type Socket, type SocketEvents } from "../../src/endpoint/socket.ts";
import type { Acceptance } from "../../src/endpoint/upgrade.ts";
import {
  type CloseEnd,
  INVALID_DATA,
  PROTOCOL_ERROR,
  SharedMessage,
  TOO_BIG,
  TRY_AGAIN_LATER,
} from "../../src/protocol/mod.ts";
import type { BunWebSocket } from "./platform.ts";

/** What Bun's `send` returns for a message that it did not take. */
const DROPPED = 0;
const OPEN = 1;

/** Bun's own WebSocket. It is made with the acceptance, before Bun has the WebSocket, and travels as its data. */
export class BunSocket implements Socket {
  readonly canPause = true;
  heard = false;
  readonly #acceptance: Acceptance;
  readonly #connections: Connections;
  #webSocket: BunWebSocket<BunSocket> | undefined;
  #events: SocketEvents | undefined;
  /** We asked for the close: Bun's callback comes at once, and says nothing of the peer's answer. */
  #isClosing = false;

  constructor(acceptance: Acceptance, connections: Connections) {
    this.#acceptance = acceptance;
    this.#connections = connections;
  }

  // What Bun tells.

  opened(webSocket: BunWebSocket<BunSocket>): void {
    this.#webSocket = webSocket;
    this.#events = this.#acceptance.open(this, this.#connections);
    // A hook that ended the connection at once did so before there was anybody to tell.
    if (this.#webSocket === undefined) this.#events.closed(ABNORMAL_END);
  }

  received(data: string | Uint8Array): void {
    this.heard = true;
    const { maxMessageBytes } = this.#acceptance;
    if (exceeds(data, maxMessageBytes)) {
      const reason = `a message has over ${maxMessageBytes} bytes`;
      this.#events?.closed({ code: TOO_BIG, reason, wasClean: false });
      this.close(TOO_BIG, reason);
      return;
    }
    // Bun hands out a view of a buffer that is not the handler's own.
    this.#events?.message(typeof data === "string" ? data : new Uint8Array(data));
  }

  drained(): void {
    // Output that had to wait left because the peer took some of it.
    this.heard = true;
    this.#events?.flushed();
  }

  pinged(): void {
    this.heard = true;
  }

  ponged(payload: Uint8Array): void {
    this.heard = true;
    this.#events?.pong(new Uint8Array(payload));
  }

  closed(code: number, reason: string): void {
    this.#webSocket = undefined;
    const wasClean = !this.#isClosing;
    this.#events?.closed(code === ABNORMAL_END.code ? violationEnd(reason) : { code, reason, wasClean });
  }

  // What the session asks for.

  get bufferedAmount(): number {
    return this.#webSocket?.getBufferedAmount() ?? 0;
  }

  send(data: string | Uint8Array | SharedMessage): void {
    const message = data instanceof SharedMessage ? data.data : data;
    const { compression } = this.#acceptance;
    const compress = compression !== undefined && exceeds(message, compression.thresholdBytes - 1);
    const webSocket = this.#webSocket;
    if (webSocket?.send(message, compress) === DROPPED && message.length > 0) this.#lost(webSocket);
  }

  /** A message is never dropped without a word: what waits is far beyond every limit, or the WebSocket is gone. */
  #lost(webSocket: BunWebSocket<BunSocket>): void {
    if (this.#isClosing || webSocket.readyState !== OPEN) return;
    this.#events?.closed({ code: TRY_AGAIN_LATER, reason: "", wasClean: false });
    this.close(TRY_AGAIN_LATER, "");
  }

  ping(payload: Uint8Array): void {
    this.#webSocket?.ping(payload);
  }

  close(code: number | undefined, reason: string): void {
    this.#isClosing = true;
    // Without a code Bun would send 1000; what it does with 1006 is to send none.
    if (code === undefined) this.#webSocket?.close(ABNORMAL_END.code);
    else this.#webSocket?.close(code, reason);
  }

  terminate(): void {
    this.#webSocket?.terminate();
  }

  pause(): void {
    this.#webSocket?.pause();
  }

  resume(): void {
    this.#webSocket?.resume();
  }
}

/** Bun tells 1006 and, where the peer broke the protocol, the reason that its close frame had. */
function violationEnd(reason: string): CloseEnd {
  if (!reason.startsWith("Received ")) return ABNORMAL_END;
  if (reason.includes("UTF-8")) return { code: INVALID_DATA, reason, wasClean: false };
  if (reason.includes("too big message")) return { code: TOO_BIG, reason, wasClean: false };
  return { code: PROTOCOL_ERROR, reason, wasClean: false };
}
