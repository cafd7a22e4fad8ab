import { POLICY_VIOLATION, PROTOCOL_ERROR, TOO_BIG } from "./close.ts";
import { type Inflater, mostDeflatedBytes, NOT_UTF8 } from "./compress.ts";
import { type CutFrame, joinHeader } from "./cut.ts";
import { type FrameHeader, MAX_CONTROL_BYTES, newFrameHeader, readFrameHeader } from "./frame.ts";
import { applyMask, copyUnmasked, readKey, rotateKey } from "./mask.ts";
import { PartialMessage } from "./message.ts";
import { BINARY, CONTINUATION, isControl, TEXT } from "./opcode.ts";
import type { TextCodec } from "./text.ts";

/** What `next` found: each kind has its own fields of the reader. */
export type ReadEvent = typeof NOTHING | typeof MESSAGE | typeof CONTROL | typeof FAULT;

/** More bytes are needed. */
export const NOTHING = 0;
/** A whole message, in `message`. */
export const MESSAGE = 1;
/** A whole control frame: `opcode`, and its payload in `payload[payloadStart..payloadEnd)`. */
export const CONTROL = 2;
/** The peer broke a rule: `faultCode` and `faultReason`. Nothing follows. */
export const FAULT = 3;

export interface ReaderOptions {
  /** Whether the peer must mask its frames, being the client, or must not. */
  readonly peerMasks: boolean;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly text: TextCodec;
  /** Where permessage-deflate was agreed. */
  readonly inflater?: Inflater;
}

const FIN_TEXT = 0x80 | TEXT;
const FIN_BINARY = 0x80 | BINARY;
const EMPTY: Uint8Array = new Uint8Array(0);

// Every reader's: it is read before anything outside this file is called.
const header: FrameHeader = newFrameHeader();

/**
 * Reads the peer's frames, and joins those of a message (RFC 6455 5, 6.2).
 *
 * Give it a chunk, then call `next` until it returns NOTHING: each return means what the fields for it say,
 * until the next call.
 */
export class Reader {
  message: string | Uint8Array = "";
  opcode = 0;
  payload: Uint8Array = EMPTY;
  payloadStart = 0;
  payloadEnd = 0;
  faultCode = 0;
  faultReason = "";

  readonly #text: TextCodec;
  readonly #peerMasks: boolean;
  readonly #maxMessageBytes: number;
  readonly #maxFragments: number;
  readonly #maxShortBytes: number;
  readonly #maxDeflatedBytes: number;
  readonly #inflater: Inflater | undefined;

  #chunk: Uint8Array = EMPTY;
  #at = 0;
  #cutHeader: Uint8Array | undefined;
  #cutFrame: CutFrame | undefined;
  #partial: PartialMessage | undefined;

  constructor(options: ReaderOptions) {
    this.#text = options.text;
    this.#peerMasks = options.peerMasks;
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#maxFragments = options.maxFragments;
    this.#maxShortBytes = Math.min(MAX_CONTROL_BYTES, options.maxMessageBytes);
    this.#maxDeflatedBytes = mostDeflatedBytes(options.maxMessageBytes);
    this.#inflater = options.inflater;
  }

  /** Takes the next bytes, which may be unmasked in place. */
  give(chunk: Uint8Array): void {
    const unread = this.#chunk.length - this.#at;
    this.#chunk = unread === 0 ? chunk : join(this.#chunk.subarray(this.#at), chunk);
    this.#at = 0;
  }

  /** Forgets everything: nothing will be read any more. */
  drop(): void {
    this.#release();
    this.#cutHeader = undefined;
    this.#cutFrame = undefined;
    this.#partial = undefined;
  }

  /** Reads up to the next event. */
  next(): ReadEvent {
    while (this.#at < this.#chunk.length) {
      const event = this.#readShort() || this.#readOn();
      if (event !== NOTHING) return event;
    }
    this.#release();
    return NOTHING;
  }

  /**
   * Reads the common frame, a short message that is all here, in place; NOTHING if that is not what comes.
   */
  #readShort(): ReadEvent {
    if (this.#partial !== undefined || this.#cutFrame !== undefined || this.#cutHeader !== undefined) {
      return NOTHING;
    }
    const chunk = this.#chunk;
    const at = this.#at;
    const start = at + (this.#peerMasks ? 6 : 2);
    if (start > chunk.length) return NOTHING;
    const first = chunk[at] as number;
    if (first !== FIN_TEXT && first !== FIN_BINARY) return NOTHING;
    const size = (chunk[at + 1] as number) ^ (this.#peerMasks ? 0x80 : 0);
    if (size > this.#maxShortBytes || start + size > chunk.length) return NOTHING;
    return this.#whole(first & 0x0f, start, start + size, this.#peerMasks ? readKey(chunk, start - 4) : 0);
  }

  #release(): void {
    this.#chunk = EMPTY;
    this.#at = 0;
    this.message = "";
    this.payload = EMPTY;
  }

  /** Reads a frame, or what has arrived of it. */
  #readOn(): ReadEvent {
    const chunk = this.#chunk;
    const begun = this.#cutHeader;
    const cutFrame = this.#cutFrame;
    if (cutFrame !== undefined) return this.#readCutFrame(cutFrame);
    // A header that was cut is rare, and put together anew with all that could belong to it.
    const bytes = begun === undefined ? chunk : joinHeader(begun, chunk);
    const from = begun === undefined ? this.#at : 0;
    const headerBytes = readFrameHeader(bytes, from, bytes.length, header, this.#inflater !== undefined);
    if (headerBytes < 0) return this.#fault(PROTOCOL_ERROR, header.fault);
    if (headerBytes === 0) {
      this.#cutHeader = new Uint8Array(bytes.subarray(from));
      this.#at = chunk.length;
      return NOTHING;
    }
    this.#cutHeader = undefined;
    this.#at += headerBytes - (begun?.length ?? 0);
    return this.#readPayload();
  }

  /** Reads the payload of the frame in `header`. */
  #readPayload(): ReadEvent {
    const { opcode, fin, compressed, masked, payloadBytes, maskingKey } = header;
    // RFC 6455 5.1: "The server MUST close the connection upon receiving a frame that is not masked." and "A
    // client MUST close a connection if it detects a masked frame."
    if (masked !== this.#peerMasks) {
      return this.#fault(
        PROTOCOL_ERROR,
        masked ? "a server's frame is masked" : "a client's frame is not masked",
      );
    }
    const start = this.#at;
    const isHere = payloadBytes <= this.#chunk.length - start;
    if (isControl(opcode)) {
      if (isHere) {
        applyMask(this.#chunk, start, start + payloadBytes, maskingKey);
        this.#at = start + payloadBytes;
        return this.#control(opcode, this.#chunk, start, start + payloadBytes);
      }
    } else {
      if (!this.#admit(opcode, compressed, payloadBytes)) return FAULT;
      if (isHere && fin && this.#partial === undefined) {
        if (compressed) return this.#wholeCompressed(opcode, start, start + payloadBytes, maskingKey);
        return this.#whole(opcode, start, start + payloadBytes, maskingKey);
      }
      this.#partial ??= new PartialMessage(opcode === TEXT, compressed);
      this.#partial.fragments++;
      if (isHere) return this.#add(this.#partial, start + payloadBytes, maskingKey, fin, 0);
    }
    const control = isControl(opcode) ? new Uint8Array(payloadBytes) : EMPTY;
    return this.#readCutFrame({
      opcode,
      fin,
      payloadBytes,
      key: maskingKey,
      missingBytes: payloadBytes,
      control,
    });
  }

  /** Whether a data frame may come here and have this size, judged before any of its payload is kept. */
  #admit(opcode: number, compressed: boolean, payloadBytes: number): boolean {
    const partial = this.#partial;
    const deflated = partial?.compressed ?? compressed;
    const maxBytes = deflated ? this.#maxDeflatedBytes : this.#maxMessageBytes;
    const bytesBefore = partial?.bytes ?? 0;
    if (opcode === CONTINUATION && partial === undefined) {
      this.#fault(PROTOCOL_ERROR, "a continuation frame continues no message");
    } else if (opcode !== CONTINUATION && partial !== undefined) {
      // RFC 6455 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of
      // another message unless an extension has been negotiated that can interpret the interleaving."
      this.#fault(
        PROTOCOL_ERROR,
        `a message begins inside another, after ${partial.fragments} fragments of it`,
      );
    } else if ((partial?.fragments ?? 0) >= this.#maxFragments) {
      this.#fault(POLICY_VIOLATION, `a message has over ${this.#maxFragments} fragments`);
    } else if (bytesBefore + payloadBytes > maxBytes) {
      const size = Number.isFinite(payloadBytes) ? `${bytesBefore + payloadBytes}` : "2^53 or more";
      const after = bytesBefore > 0 ? `, after ${bytesBefore} bytes` : "";
      this.#fault(TOO_BIG, `a message has ${size} bytes; the limit is ${maxBytes}${after}`);
    } else {
      return true;
    }
    return false;
  }

  /** Reads on in the payload of a frame that is not all here, or was not when it began. */
  #readCutFrame(frame: CutFrame): ReadEvent {
    const chunk = this.#chunk;
    const start = this.#at;
    const end = Math.min(chunk.length, start + frame.missingBytes);
    const key = frame.key;
    frame.key = rotateKey(key, end - start);
    frame.missingBytes -= end - start;
    this.#cutFrame = frame.missingBytes === 0 ? undefined : frame;
    if (!isControl(frame.opcode)) {
      return this.#add(this.#partial as PartialMessage, end, key, frame.fin, frame.missingBytes);
    }
    this.#at = end;
    applyMask(chunk, start, end, key);
    frame.control.set(chunk.subarray(start, end), frame.payloadBytes - frame.missingBytes - (end - start));
    if (frame.missingBytes > 0) return NOTHING;
    return this.#control(frame.opcode, frame.control, 0, frame.payloadBytes);
  }

  /** Adds the bytes up to `end` to a message, with `missingBytes` of their frame to follow. */
  #add(partial: PartialMessage, end: number, key: number, fin: boolean, missingBytes: number): ReadEvent {
    const start = this.#at;
    this.#at = end;
    const ascii = applyMask(this.#chunk, start, end, key);
    const limit = partial.compressed ? this.#maxDeflatedBytes : this.#maxMessageBytes;
    const mostBytes = fin ? partial.bytes + (end - start) + missingBytes : limit;
    if (!partial.add(this.#chunk, start, end, ascii, mostBytes)) return this.#notUtf8();
    if (!fin || missingBytes > 0) return NOTHING;
    this.#partial = undefined;
    if (partial.compressed) return this.#inflate(partial.arrived, partial.isText);
    const message = partial.finish(this.#text);
    if (message === undefined) return this.#notUtf8();
    this.message = message;
    return MESSAGE;
  }

  /** Reads a message that came in one frame with its payload in `chunk[start..end)`. */
  #whole(opcode: number, start: number, end: number, key: number): ReadEvent {
    const chunk = this.#chunk;
    this.#at = end;
    if (opcode === TEXT) {
      const ascii = applyMask(chunk, start, end, key);
      const text = ascii
        ? this.#text.decodeAscii(chunk, start, end)
        : this.#text.decodeUtf8(chunk, start, end);
      if (text === undefined) return this.#notUtf8();
      this.message = text;
      return MESSAGE;
    }
    this.message = copyUnmasked(chunk, start, end, key);
    return MESSAGE;
  }

  #wholeCompressed(opcode: number, start: number, end: number, key: number): ReadEvent {
    this.#at = end;
    applyMask(this.#chunk, start, end, key);
    return this.#inflate(this.#chunk.subarray(start, end), opcode === TEXT);
  }

  #inflate(bytes: Uint8Array, isText: boolean): ReadEvent {
    const message = (this.#inflater as Inflater).read(bytes, isText, this.#maxMessageBytes, this.#text);
    if (typeof message === "object" && "code" in message) return this.#fault(message.code, message.reason);
    this.message = message;
    return MESSAGE;
  }

  #control(opcode: number, payload: Uint8Array, start: number, end: number): ReadEvent {
    this.opcode = opcode;
    this.payload = payload;
    this.payloadStart = start;
    this.payloadEnd = end;
    return CONTROL;
  }

  #notUtf8(): ReadEvent {
    return this.#fault(NOT_UTF8.code, NOT_UTF8.reason);
  }

  #fault(code: number, reason: string): ReadEvent {
    this.faultCode = code;
    this.faultReason = reason;
    return FAULT;
  }
}

function join(before: Uint8Array, after: Uint8Array): Uint8Array {
  const joined = new Uint8Array(before.length + after.length);
  joined.set(before);
  joined.set(after, before.length);
  return joined;
}
