import { nextTick } from "node:process";
import type { Duplex } from "node:stream";
import type { Clock } from "../../src/endpoint/clock.ts";
import type { AgreedCompression } from "../../src/endpoint/compression.ts";
import type { Socket, SocketEvents } from "../../src/endpoint/socket.ts";
import { type CloseEnd, type SharedMessage, Wire, type WireSink } from "../../src/protocol/mod.ts";
import { bufferText } from "./text.ts";
import { zlibDeflate } from "./zlib.ts";

/** What a codec socket needs to know. */
export interface CodecOptions {
  readonly maxMessageBytes: number;
  readonly compression: AgreedCompression | undefined;
  /** How long the peer may take to end its side of the stream after ours [ms]. */
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * Above this the stream takes nothing more: what waits in the wire waits compactly, in the stream it would do so in
 * small pieces, and each keeps alive the part of the pool that it lies in [bytes].
 */
const BACKED_UP_BYTES = 16 * 1024;

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
  heard = false;
  readonly #stream: Duplex;
  readonly #wire: Wire;
  readonly #options: CodecOptions;
  #events: SocketEvents | undefined;
  #reading = false;
  #paused = false;
  /** The stream's end came while reading was paused: what came before it is still to be read. */
  #endKept = false;
  #queued = false;
  #ended = false;
  #cancelTimer: (() => void) | undefined;

  constructor(stream: Duplex, options: CodecOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#wire = new Wire(this, {
      role: "server",
      maxMessageBytes: options.maxMessageBytes,
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
    if (stream.destroyed) this.#gone();
    else if (early.length > 0) this.#read(early);
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
    this.#paused = true;
    this.#wire.pause();
    this.#stream.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream.resume();
    if (this.#reading) this.#wire.resume();
    else this.#readKept();
    if (this.#endKept && !this.#paused) this.#readEnd();
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
    const wire = this.#wire;
    if (wire.backedUp && wire.state !== "closed") return;
    const stream = this.#stream;
    const chunks = wire.takeOutput();
    if (chunks.length > 0 && stream.writable) {
      const waits = stream.writableLength > 0;
      if (chunks.length > 1) stream.cork();
      for (const chunk of chunks) stream.write(waits ? lasting(chunk) : chunk, this.#written);
      if (chunks.length > 1) stream.uncork();
      if (stream.writableLength > BACKED_UP_BYTES) wire.backedUp = true;
    }
    if (wire.state === "closed" && !this.#ended) this.#end();
  }

  readonly #read = (chunk: Uint8Array): void => {
    this.heard = true;
    this.#reading = true;
    try {
      this.#wire.receive(chunk);
    } finally {
      this.#reading = false;
      this.flush();
    }
  };

  /** Reads on what the wire had kept, as `#read` does. */
  #readKept(): void {
    this.#reading = true;
    try {
      this.#wire.resume();
    } finally {
      this.#reading = false;
      this.flush();
    }
  }

  readonly #written = (error?: Error | null): void => {
    // What was not written because the stream is gone has not left.
    if (error) return;
    if (this.#wire.backedUp && this.#stream.writableLength === 0) {
      // Where output had to wait, it left because the peer took some of it.
      this.heard = true;
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
    this.#endKept = this.#paused;
    if (this.#paused) return;
    this.#wire.receiveEnd();
    this.flush();
  }

  /**
   * Ends our side first and waits for the peer's.
   *
   * RFC 6455 7.1.1: "the server MUST close the TCP connection first", so that it is the one to hold TIME_WAIT.
   */
  #end(): void {
    this.#ended = true;
    const stream = this.#stream;
    stream.end();
    // What still comes is discarded, and must not keep the peer's FIN from being seen.
    stream.resume();
    this.#cancelTimer = this.#options.clock.after(this.#options.closeTimeoutMs, () => stream.destroy());
  }

  #gone(): void {
    this.#cancelTimer?.();
    this.#wire.receiveEnd();
  }
}

/** What has to wait must not keep alive the part of the pool that it lies in. */
function lasting(chunk: Uint8Array): Uint8Array {
  return chunk.length < chunk.buffer.byteLength / 4 ? chunk.slice() : chunk;
}
