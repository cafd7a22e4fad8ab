import { WirehallError } from "../errors.ts";
import * as close from "./close.ts";
import { Deflater, Inflater, type WireDeflate } from "./compress.ts";
import { encodeCompressed } from "./compressed.ts";
import { encodeBytes, encodeText, type RandomBytes } from "./encode.ts";
import { MAX_CONTROL_BYTES } from "./frame.ts";
import { BINARY, CLOSE, PING, PONG } from "./opcode.ts";
import { Output } from "./output.ts";
import { CONTROL, MESSAGE, NOTHING, Reader } from "./reader.ts";
import { SharedMessage, sharedFrame } from "./shared.ts";
import { encodeUtf8, portableText, type TextCodec } from "./text.ts";

/** Which side of the connection this is: a client masks what it sends (RFC 6455 5.1). */
export type Role = "server" | "client";

/** How far a wire is: `closing` once a close frame was sent, `closed` once nothing more is read or sent. */
export type WireState = "open" | "closing" | "closed";

/** How a connection ended: code and reason of the first close frame in either direction, else 1006. */
export interface CloseEnd {
  readonly code: number;
  readonly reason: string;
  /** Whether the peer's close frame was seen. */
  readonly wasClean: boolean;
}

/**
 * What a wire tells.
 *
 * Its functions may call any of the wire's but `receive`. One that throws ends the wire with 1011, and the
 * exception comes out of the `receive` that called it.
 */
export interface WireSink {
  /** A whole message: a string, or a Uint8Array of the receiver's own that fills its ArrayBuffer. */
  message(data: string | Uint8Array): void;
  /** A pong, asked for or not. The array is the receiver's own. */
  pong(payload: Uint8Array): void;
  /** The end, exactly once; nothing is told after it. Output may be left to write. */
  closed(end: CloseEnd): void;
}

export interface WireOptions {
  role: Role;
  /** The most bytes that a message may have, over all its fragments [1 MiB]; above it 1009. */
  maxMessageBytes?: number;
  /** The most frames that a message may have [131,072]; above it 1008. */
  maxFragments?: number;
  /** Fills an array from a CSPRNG; needed by the role `client`, for masking keys. */
  randomBytes?: RandomBytes;
  /** The platform's fast text functions [TextDecoder and TextEncoder]. */
  text?: TextCodec;
  /** Set where permessage-deflate was agreed. */
  deflate?: WireDeflate;
}

const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576;
const DEFAULT_MAX_FRAGMENTS = 131_072;
const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * One side of one WebSocket as bytes (RFC 6455, RFC 7692): what was read goes into `receive`, what is to be written
 * comes out of `takeOutput`, and the sink hears what happened.
 *
 * A peer's fault is never thrown: what came before it is delivered, a close frame with the code for it is put
 * out, and the sink's `closed` is called.
 */
export class Wire {
  readonly #sink: WireSink;
  readonly #text: TextCodec;
  readonly #randomBytes: RandomBytes | undefined;
  readonly #reader: Reader;
  readonly #deflater: Deflater | undefined;
  readonly #output: Output = new Output();

  #state: WireState = "open";
  #reading = false;
  #paused = false;
  #sentClose: { code: number; reason: string } | undefined;
  #backedUp = false;
  #owedPong: Uint8Array | undefined;

  constructor(sink: WireSink, options: WireOptions) {
    if (options.role === "client" && options.randomBytes === undefined) {
      throw new WirehallError(
        "INVALID_OPTION",
        "a wire in the role client needs randomBytes, for its masking keys",
      );
    }
    this.#sink = sink;
    this.#text = options.text ?? portableText;
    this.#randomBytes = options.role === "client" ? options.randomBytes : undefined;
    this.#reader = new Reader({
      peerMasks: options.role === "server",
      maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
      maxFragments: options.maxFragments ?? DEFAULT_MAX_FRAGMENTS,
      text: this.#text,
      inflater: options.deflate && new Inflater(options.deflate),
    });
    this.#deflater = options.deflate && new Deflater(options.deflate);
  }

  get state(): WireState {
    return this.#state;
  }

  /** The bytes that `takeOutput` would return. */
  get outputBytes(): number {
    return this.#output.bytes;
  }

  /** What is to be written since it was last taken, in as few contiguous chunks as possible. */
  takeOutput(): readonly Uint8Array[] {
    return this.#output.take();
  }

  /**
   * Reads the bytes that came next. The chunk may be unmasked in place; the wire keeps nothing of it, unless it is
   * paused.
   *
   * Throws only what the sink throws, and `REENTRANT_RECEIVE` where the sink calls it.
   */
  receive(chunk: Uint8Array): void {
    if (this.#state === "closed" || chunk.length === 0) return;
    if (this.#reading) {
      throw new WirehallError("REENTRANT_RECEIVE", "receive was called by the sink, inside receive");
    }
    this.#reader.give(chunk);
    this.#readOn();
  }

  /** Tells no more from now on, also of what was given already: that is kept until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on with what was kept, and throws what the sink throws. */
  resume(): void {
    this.#paused = false;
    if (!this.#reading && this.#state !== "closed") this.#readOn();
  }

  #readOn(): void {
    this.#reading = true;
    try {
      this.#read();
    } catch (error) {
      this.fail(close.INTERNAL_ERROR, "");
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  /** Tells the wire that the byte stream ended, by FIN or reset. */
  receiveEnd(): void {
    const first = this.#sentClose;
    this.#end(first?.code ?? close.ABNORMAL_CLOSURE, first?.reason ?? "", false);
  }

  /**
   * Queues a message, of which it takes a snapshot. Returns false where the wire is not open.
   *
   * Throws `INVALID_MESSAGE` for what is neither a string nor bytes, such as an ArrayBuffer.
   */
  sendMessage(data: string | Uint8Array | SharedMessage): boolean {
    if (this.#state !== "open") return false;
    const message = data instanceof SharedMessage && this.#randomBytes !== undefined ? data.data : data;
    if (this.#deflater !== undefined) {
      const frame = encodeCompressed(message, this.#deflater, this.#text, this.#randomBytes);
      if (frame !== undefined) {
        this.#output.append(frame);
        return true;
      }
    }
    if (typeof message === "string") {
      this.#output.append(encodeText(message, this.#text, this.#randomBytes));
    } else if (message instanceof SharedMessage) {
      this.#output.append(sharedFrame(message, this.#text));
    } else {
      this.#output.append(encodeBytes(BINARY, message, 0, message.length, this.#randomBytes));
    }
    return true;
  }

  /** Queues a ping. Returns false where the wire is not open. Throws `INVALID_PING` for over 125 bytes. */
  sendPing(payload: string | Uint8Array = EMPTY): boolean {
    return this.#sendControl(PING, payload);
  }

  /** Queues a pong that was not asked for. Returns and throws as `sendPing` does. */
  sendPong(payload: string | Uint8Array = EMPTY): boolean {
    return this.#sendControl(PONG, payload);
  }

  /**
   * Begins the closing handshake: nothing is sent after it, while messages are still told until the peer's
   * close frame.
   *
   * Returns false where a close frame was sent before. Throws `INVALID_CLOSE` for a code that must not be
   * sent (1004, 1005, 1006, 1015, and all outside 1000-1003, 1007-1014, 3000-4999), a reason of over 123
   * bytes of UTF-8, or one without a code.
   */
  sendClose(code?: number, reason = ""): boolean {
    const payload = close.encodeClosePayload(code, reason);
    if (this.#state !== "open") return false;
    this.#putClose(payload);
    this.#sentClose = { code: code ?? close.NO_STATUS, reason };
    this.#state = "closing";
    return true;
  }

  /**
   * Ends the wire for a fault that its driver found: a close frame is put out, and `closed` is called at
   * once, with code and reason of the close frame sent before if there was one. Throws `INVALID_CLOSE` as
   * `sendClose` does.
   */
  fail(code: number, reason: string): void {
    const payload = close.encodeClosePayload(code, reason);
    if (this.#state === "open") this.#putClose(payload);
    this.#end(this.#sentClose?.code ?? code, this.#sentClose?.reason ?? reason, false);
  }

  /**
   * Whether output waits to be written. While it does, only the latest pong owed is kept, for afterwards, and small
   * frames are copied out of the pool that all wires share, since each would keep 64 KiB of it alive.
   *
   * RFC 6455 5.5.3: "If an endpoint receives a Ping frame and has not yet sent Pong frame(s) in response to
   * previous Ping frame(s), the endpoint MAY elect to send a Pong frame for only the most recently processed
   * Ping frame."
   */
  set backedUp(backedUp: boolean) {
    this.#backedUp = backedUp;
    this.#output.waits = backedUp;
    const owed = this.#owedPong;
    if (backedUp || owed === undefined) return;
    this.#owedPong = undefined;
    if (this.#state === "open") this.#putControl(PONG, owed);
  }

  get backedUp(): boolean {
    return this.#backedUp;
  }

  #read(): void {
    const reader = this.#reader;
    while (!this.#paused && this.#state !== "closed") {
      const event = reader.next();
      if (event === MESSAGE) this.#sink.message(reader.message);
      else if (event === NOTHING) return;
      else if (event === CONTROL) this.#control(reader);
      // RFC 6455 7.1.7: after failing the connection it "MUST NOT continue to attempt to process data".
      else this.fail(reader.faultCode, reader.faultReason);
    }
  }

  #control(reader: Reader): void {
    const { opcode, payload, payloadStart, payloadEnd } = reader;
    if (opcode === CLOSE) {
      this.#peerClosed(close.readClosePayload(payload, payloadStart, payloadEnd, this.#text));
    } else if (opcode === PONG) {
      this.#sink.pong(new Uint8Array(payload.subarray(payloadStart, payloadEnd)));
    } else if (this.#state === "open") {
      if (this.#backedUp) this.#owedPong = new Uint8Array(payload.subarray(payloadStart, payloadEnd));
      else this.#output.append(encodeBytes(PONG, payload, payloadStart, payloadEnd, this.#randomBytes));
    }
  }

  #peerClosed(frame: close.CloseFrame): void {
    if (!frame.valid) {
      this.fail(frame.code, frame.reason);
      return;
    }
    // RFC 6455 5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame, the
    // endpoint MUST send a Close frame in response. (When sending a Close frame in response, the endpoint
    // typically echos the status code it received.)" The reason goes back with it: the peer's own API reports
    // what it received.
    if (this.#state === "open") {
      const code = frame.code === close.NO_STATUS ? undefined : frame.code;
      this.#putClose(close.encodeClosePayload(code, frame.reason));
    }
    this.#end(this.#sentClose?.code ?? frame.code, this.#sentClose?.reason ?? frame.reason, true);
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#reader.drop();
    this.#owedPong = undefined;
    this.#sink.closed({ code, reason, wasClean });
  }

  #sendControl(opcode: number, payload: string | Uint8Array): boolean {
    const bytes = typeof payload === "string" ? encodeUtf8(payload) : payload;
    if (bytes.length > MAX_CONTROL_BYTES) {
      throw new WirehallError(
        "INVALID_PING",
        `a ping or pong of ${bytes.length} bytes can't be sent; the limit is ${MAX_CONTROL_BYTES}`,
      );
    }
    if (this.#state !== "open") return false;
    this.#putControl(opcode, bytes);
    return true;
  }

  #putControl(opcode: number, payload: Uint8Array): void {
    this.#output.append(encodeBytes(opcode, payload, 0, payload.length, this.#randomBytes));
  }

  /** RFC 6455 5.5.1: "The application MUST NOT send any more data frames after sending a Close frame." */
  #putClose(payload: Uint8Array): void {
    this.#putControl(CLOSE, payload);
  }
}
