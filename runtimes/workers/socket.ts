import type { DialedSocket, DialedSocketOptions } from "../../src/dialer.ts";
import type { SocketEvents } from "../../src/endpoint/socket.ts";
import {
  type CloseEnd,
  type DeflatePlatform,
  type SharedMessage,
  Wire,
  type WireSink,
} from "../../src/protocol/mod.ts";
import { fillRandom } from "./random.ts";
import type { TcpStream } from "./tcp.ts";

export interface TcpSocketOptions extends DialedSocketOptions {
  /** Needed where compression was agreed. */
  readonly deflate: DeflatePlatform | undefined;
}

/** Above this the stream takes nothing more: what waits in the wire waits compactly [bytes]. */
const BACKED_UP_BYTES = 16 * 1024;

/**
 * A dialed WebSocket over a TCP socket of workerd, by Wirehall's own wire. All output of one read or one tick leaves
 * together. It shares nothing with other sockets: what belongs to one request may not be touched in another.
 */
export class TcpSocket implements DialedSocket, WireSink {
  readonly canPause = true;
  heard = false;
  readonly #stream: TcpStream;
  readonly #wire: Wire;
  readonly #options: TcpSocketOptions;
  #events: SocketEvents | undefined;
  #reading = false;
  /** Set while reading is paused. */
  #paused: PromiseWithResolvers<void> | undefined;
  #queued = false;
  #ended = false;
  #cancelTimer: (() => void) | undefined;

  constructor(stream: TcpStream, options: TcpSocketOptions) {
    const { maxMessageBytes, maxFragments, compression, deflate } = options;
    this.#stream = stream;
    this.#options = options;
    this.#wire = new Wire(this, {
      role: "client",
      maxMessageBytes,
      maxFragments,
      randomBytes: fillRandom,
      deflate: compression && deflate && { ...compression, platform: deflate },
    });
    stream.onLeft = () => this.#left();
  }

  start(events: SocketEvents, early: Uint8Array): void {
    this.#events = events;
    void this.#readAll(early);
  }

  get bufferedAmount(): number {
    return this.#wire.outputBytes + this.#stream.bufferedBytes;
  }

  send(data: string | Uint8Array | SharedMessage): void {
    this.#wire.sendMessage(data);
    this.#flushLater();
  }

  ping(payload: Uint8Array): void {
    this.#wire.sendPing(payload);
    this.#flushLater();
  }

  close(code: number | undefined, reason: string): void {
    this.#wire.sendClose(code, reason);
    this.#flushLater();
  }

  terminate(): void {
    this.#stream.destroy();
    this.resume();
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
    this.#wire.pause();
  }

  resume(): void {
    const paused = this.#paused;
    if (paused === undefined) return;
    this.#paused = undefined;
    if (this.#reading) this.#wire.resume();
    else this.#read(() => this.#wire.resume());
    // What it had kept may have paused it again.
    if (this.#paused === undefined) paused.resolve();
    else this.#paused = paused;
  }

  // What the wire tells.

  message(data: string | Uint8Array): void {
    this.#events?.message(data);
  }

  pong(payload: Uint8Array): void {
    this.#events?.pong(payload);
  }

  closed(end: CloseEnd): void {
    this.#events?.closed(end);
    this.#flushLater();
  }

  async #readAll(early: Uint8Array): Promise<void> {
    let chunk: Uint8Array | undefined = early;
    while (chunk !== undefined) {
      const bytes: Uint8Array = chunk;
      if (bytes.length > 0) this.#read(() => this.#wire.receive(bytes));
      // A reset reads as the end does: there was no close frame before it.
      chunk = await this.#stream.read().catch(() => undefined);
      await this.#paused?.promise;
      this.heard = true;
    }
    this.#wire.receiveEnd();
    this.#flush();
    this.#cancelTimer?.();
    this.#stream.end();
  }

  #read(read: () => void): void {
    this.#reading = true;
    try {
      read();
    } finally {
      this.#reading = false;
      this.#flush();
    }
  }

  /** Writes what the wire has put out; waits for the server's FIN once the closing handshake is over. */
  #flush(): void {
    this.#queued = false;
    const wire = this.#wire;
    if (wire.backedUp && wire.state !== "closed") return;
    for (const chunk of wire.takeOutput()) this.#stream.write(chunk);
    if (this.#stream.bufferedBytes > BACKED_UP_BYTES) wire.backedUp = true;
    if (wire.state === "closed" && !this.#ended) this.#end();
  }

  #flushLater(): void {
    if (this.#reading || this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => this.#flush());
  }

  /** Some of what was written has left. */
  #left(): void {
    if (this.#wire.backedUp) {
      // The peer took it.
      this.heard = true;
      if (this.#stream.bufferedBytes === 0) {
        this.#wire.backedUp = false;
        this.#flushLater();
      }
    }
    this.#events?.flushed();
  }

  /** RFC 6455 7.1.1: a client "SHOULD wait for a TCP Close from the server". */
  #end(): void {
    this.#ended = true;
    const { clock, closeTimeoutMs } = this.#options;
    this.#cancelTimer = clock.after(closeTimeoutMs, () => this.#stream.destroy());
  }
}
