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

/**
 * Above this the stream takes nothing more: what waits in the wire waits compactly, in the stream it would do so in
 * small pieces, and each keeps alive the part of the pool that it lies in [bytes].
 */
const BACKED_UP_BYTES = 16 * 1024;

/** The stream gets no more at once: it tells only of a whole write that it has left [bytes]. */
const MAX_WRITE_BYTES = 256 * 1024;

const NOTHING: readonly Uint8Array[] = [];

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
  /** Output that was too much for one write. */
  #rest: readonly Uint8Array[] = NOTHING;
  #restBytes = 0;
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
    return this.#wire.outputBytes + this.#restBytes + this.#stream.writableLength;
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
    const bytes = wire.outputBytes;
    if (bytes > MAX_WRITE_BYTES || this.#restBytes > 0) this.#writeParts(bytes);
    else if (bytes > 0) this.#write(wire.takeOutput());
    if (wire.state === "closed" && !this.#ended) this.#end();
  }

  #write(chunks: readonly Uint8Array[]): void {
    const stream = this.#stream;
    if (!stream.writable) return;
    const waits = stream.writableLength > 0;
    if (chunks.length > 1) stream.cork();
    for (const chunk of chunks) stream.write(waits ? lasting(chunk) : chunk, this.#written);
    if (chunks.length > 1) stream.uncork();
    if (stream.writableLength > BACKED_UP_BYTES) this.#wire.backedUp = true;
  }

  /** Writes as much as leaves at once, and a part that waits; all of it where nothing will come after it. */
  #writeParts(outputBytes: number): void {
    this.#rest = [...this.#rest, ...this.#wire.takeOutput()];
    this.#restBytes += outputBytes;
    this.#writeRest();
  }

  #writeRest(): void {
    const stream = this.#stream;
    const isLast = this.#wire.state === "closed";
    while (this.#restBytes > 0 && stream.writable && (isLast || stream.writableLength === 0)) {
      const { part, rest } = cutChunks(this.#rest, MAX_WRITE_BYTES);
      this.#rest = rest;
      for (const chunk of part) this.#restBytes -= chunk.length;
      this.#write(part);
    }
    if (this.#restBytes > 0) this.#wire.backedUp = true;
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
    if (this.#wire.backedUp && this.#stream.writableLength === 0) this.#caughtUp();
    this.#events?.flushed();
  };

  /** What had to wait has left, since the peer took some of it. */
  #caughtUp(): void {
    this.heard = true;
    this.#writeRest();
    if (this.#restBytes > 0 || this.#stream.writableLength > BACKED_UP_BYTES) return;
    this.#wire.backedUp = false;
    this.#flushLater();
  }

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
    this.#rest = NOTHING;
    this.#restBytes = 0;
    this.#wire.receiveEnd();
  }
}

/** What has to wait must not keep alive the part of the pool that it lies in. */
function lasting(chunk: Uint8Array): Uint8Array {
  return chunk.length < chunk.buffer.byteLength / 4 ? chunk.slice() : chunk;
}

/** The first chunks, with no more bytes than that, and the others; a chunk that is too long is cut. */
function cutChunks(
  chunks: readonly Uint8Array[],
  maxBytes: number,
): { readonly part: readonly Uint8Array[]; readonly rest: readonly Uint8Array[] } {
  const part: Uint8Array[] = [];
  let bytes = 0;
  let index = 0;
  for (; index < chunks.length && bytes + chunks[index].length <= maxBytes; index++) {
    part.push(chunks[index]);
    bytes += chunks[index].length;
  }
  const rest = chunks.slice(index);
  if (part.length === 0 && rest.length > 0) {
    part.push(rest[0].subarray(0, maxBytes));
    rest[0] = rest[0].subarray(maxBytes);
  }
  return { part, rest };
}
