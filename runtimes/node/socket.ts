import { nextTick } from "node:process";
import type { Duplex } from "node:stream";
import type { Clock } from "../../src/endpoint/clock.ts";
import type { Socket, SocketEvents } from "../../src/endpoint/socket.ts";
import {
  type CloseEnd,
  type Role,
  type SharedMessage,
  Wire,
  type WireDeflate,
  type WireSink,
} from "../../src/protocol/mod.ts";
import { fillRandom } from "./random.ts";
import { bufferText } from "./text.ts";
import { zlibDeflate } from "./zlib.ts";

/** What a codec socket needs to know. */
export interface CodecOptions {
  readonly role: Role;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly compression: Omit<WireDeflate, "platform"> | undefined;
  /** How long the peer may take to end its side of the stream after ours [ms]. */
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
}

/** Sockets that were written to outside their own read; they are flushed together at the end of the tick. */
let unflushed: CodecSocket[] = [];

function flushAll(): void {
  const sockets = unflushed;
  unflushed = [];
  for (const socket of sockets) socket.flush();
}

/** A WebSocket over a byte stream, by Wirehall's own wire. All output of one read or one tick leaves in one write. */
export class CodecSocket implements Socket, WireSink {
  readonly canPause = true;
  readonly #stream: Duplex;
  readonly #wire: Wire;
  readonly #options: CodecOptions;
  #events: SocketEvents | undefined;
  #reading = false;
  #queued = false;
  #ended = false;
  #cancelTimer: (() => void) | undefined;

  constructor(stream: Duplex, options: CodecOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#wire = new Wire(this, {
      role: options.role,
      maxMessageBytes: options.maxMessageBytes,
      maxFragments: options.maxFragments,
      randomBytes: fillRandom,
      text: bufferText,
      deflate: options.compression && { ...options.compression, platform: zlibDeflate },
    });
  }

  /** Begins to read; `early` is what the peer had sent already. */
  start(events: SocketEvents, early: Uint8Array): void {
    this.#events = events;
    const stream = this.#stream;
    stream.on("data", this.#read);
    stream.on("end", () => this.#readEnd());
    stream.on("close", () => this.#gone());
    stream.resume();
    if (early.length > 0) this.#read(early);
    if (stream.destroyed) this.#gone();
  }

  get bufferedAmount(): number {
    return this.#wire.outputBytes + this.#stream.writableLength;
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
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
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

  /** Writes what the wire has put out; ends the stream once the closing handshake is over. */
  flush(): void {
    this.#queued = false;
    const stream = this.#stream;
    const chunks = this.#wire.takeOutput();
    if (chunks.length > 0 && stream.writable) {
      if (chunks.length > 1) stream.cork();
      for (const chunk of chunks) stream.write(chunk, this.#written);
      if (chunks.length > 1) stream.uncork();
      if (stream.writableNeedDrain) this.#wire.backedUp = true;
    }
    if (this.#wire.state === "closed" && !this.#ended) this.#end();
  }

  readonly #read = (chunk: Uint8Array): void => {
    this.#reading = true;
    try {
      this.#wire.receive(chunk);
    } finally {
      this.#reading = false;
      this.flush();
    }
  };

  readonly #written = (error?: Error | null): void => {
    // What was not written because the stream is gone has not left.
    if (error) return;
    if (this.#wire.backedUp && !this.#stream.writableNeedDrain) {
      this.#wire.backedUp = false;
      this.#flushLater();
    }
    this.#events?.flushed();
  };

  #flushLater(): void {
    if (this.#reading || this.#queued) return;
    this.#queued = true;
    unflushed.push(this);
    if (unflushed.length === 1) nextTick(flushAll);
  }

  /** The stream is half-open by default: our side has to be ended too, or it leaks. */
  #readEnd(): void {
    this.#wire.receiveEnd();
    this.flush();
    this.#stream.end();
  }

  /**
   * Ends the stream: a server its side first, while a client waits for that.
   *
   * RFC 6455 7.1.1: "when a server is instructed to _Close the WebSocket Connection_ it SHOULD initiate a TCP Close
   * immediately, and when a client is instructed to do the same, it SHOULD wait for a TCP Close from the server", so
   * that it is the server that holds TIME_WAIT.
   */
  #end(): void {
    this.#ended = true;
    const stream = this.#stream;
    if (this.#options.role === "server") stream.end();
    // What still comes is discarded, and must not keep the peer's FIN from being seen.
    stream.resume();
    this.#cancelTimer = this.#options.clock.after(this.#options.closeTimeoutMs, () => stream.destroy());
  }

  #gone(): void {
    this.#cancelTimer?.();
    this.#wire.receiveEnd();
  }
}
