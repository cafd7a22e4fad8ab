import { INVALID_DATA, TOO_BIG } from "./close.ts";
import type { DeflateAgreement, DeflateDirection } from "./deflate.ts";
import type { TextCodec } from "./text.ts";

/** What is wrong with a message that was to be inflated: it comes to more than it may, or is no DEFLATE data. */
export type InflateFault = "too-big" | "bad";

/**
 * A platform's DEFLATE, a message at a time. Where `history` is given, the data may refer to it as to what came
 * before; where the platform can't do that, context takeover must not be agreed to.
 */
export interface DeflatePlatform {
  /**
   * Compresses a message (RFC 7692 7.2.1): raw DEFLATE data that ends with an empty block, without that block's
   * last four octets 00 00 ff ff. `windowBits` is 9 to 15.
   */
  deflate(bytes: Uint8Array, windowBits: number, history: Uint8Array | undefined): Uint8Array;
  /**
   * Decompresses what `deflate` of any endpoint made (RFC 7692 7.2.2), also of several blocks and with blocks
   * that are final. Takes no more memory for the result than `maxOutputBytes` and a constant.
   */
  inflate(
    bytes: Uint8Array,
    maxOutputBytes: number,
    history: Uint8Array | undefined,
  ): Uint8Array | InflateFault;
}

/** Why a message can't be read: the code to fail the connection with, and the reason. */
export interface MessageFault {
  readonly code: number;
  readonly reason: string;
}

/** How a wire compresses. */
export interface WireDeflate {
  readonly agreement: DeflateAgreement;
  readonly platform: DeflatePlatform;
  /** Messages of fewer bytes are sent as they are [1024]. */
  readonly thresholdBytes?: number;
}

const DEFAULT_THRESHOLD_BYTES = 1024;
const MIN_ZLIB_BITS = 9;
const NOTHING: Uint8Array = new Uint8Array(0);

// A message that can't be compressed grows by the heads of its blocks: 5 octets each, and as much again for each
// flush. Fragments of 64 octets, each flushed, come to a sixth more.
const OVERHEAD = 1 / 4;
const OVERHEAD_BYTES = 1024;

export const NOT_UTF8: MessageFault = { code: INVALID_DATA, reason: "a text message is not valid UTF-8" };

/** The most bytes that a message of at most `maxMessageBytes` may have on the wire. */
export function mostDeflatedBytes(maxMessageBytes: number): number {
  return maxMessageBytes + Math.ceil(maxMessageBytes * OVERHEAD) + OVERHEAD_BYTES;
}

/** What one direction of a connection has said, as far as its window reaches. */
class History {
  readonly #windowBytes: number;
  #bytes: Uint8Array | undefined;

  constructor({ windowBits }: DeflateDirection) {
    this.#windowBytes = 2 ** windowBits;
  }

  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  add(message: Uint8Array): void {
    if (message.length === 0) return;
    const last = message.subarray(Math.max(0, message.length - this.#windowBytes));
    const before = this.#bytes ?? NOTHING;
    const kept = before.subarray(Math.max(0, before.length + last.length - this.#windowBytes));
    const joined = new Uint8Array(kept.length + last.length);
    joined.set(kept);
    joined.set(last, kept.length);
    this.#bytes = joined;
  }
}

/** The sending direction of one connection. Keeps nothing of it without context takeover. */
export class Deflater {
  readonly platform: DeflatePlatform;
  readonly windowBits: number;
  readonly thresholdBytes: number;
  readonly #history: History | undefined;

  constructor({ agreement, platform, thresholdBytes = DEFAULT_THRESHOLD_BYTES }: WireDeflate) {
    const { send } = agreement;
    this.platform = platform;
    this.windowBits = send.windowBits;
    // zlib has no window of 8 bits: all messages are sent as they are, as any message may be.
    this.thresholdBytes = send.windowBits < MIN_ZLIB_BITS ? Number.POSITIVE_INFINITY : thresholdBytes;
    this.#history = send.contextTakeover ? new History(send) : undefined;
  }

  /** The message compressed, to be sent; undefined where that makes it no shorter. */
  deflate(message: Uint8Array): Uint8Array | undefined {
    const deflated = this.platform.deflate(message, this.windowBits, this.#history?.bytes);
    // RFC 7692 6: "An endpoint MAY transmit a message uncompressed". Then it is no part of the window.
    if (deflated.length >= message.length) return undefined;
    this.sent(message);
    return deflated;
  }

  /** A message was sent compressed, though not by what was before it. */
  sent(message: Uint8Array): void {
    this.#history?.add(message);
  }
}

/** The receiving direction of one connection. Keeps nothing of it without context takeover. */
export class Inflater {
  readonly #platform: DeflatePlatform;
  readonly #history: History | undefined;

  constructor({ agreement, platform }: WireDeflate) {
    this.#platform = platform;
    this.#history = agreement.receive.contextTakeover ? new History(agreement.receive) : undefined;
  }

  /** The message of a whole payload (RFC 7692 6.2), or with what to fail the connection. */
  read(
    bytes: Uint8Array,
    isText: boolean,
    maxMessageBytes: number,
    text: TextCodec,
  ): string | Uint8Array | MessageFault {
    const inflated = this.#inflate(bytes, maxMessageBytes);
    if (inflated === "too-big") {
      return { code: TOO_BIG, reason: `a message inflates to over ${maxMessageBytes} bytes` };
    }
    // RFC 6455 7.4.1: 1007 is for "data within a message that was not consistent with the type of the message".
    // The frames kept to the protocol; it is what the message says that makes no sense.
    if (inflated === "bad") {
      return { code: INVALID_DATA, reason: "a compressed message is not valid DEFLATE data" };
    }
    // The platform may have put it into a buffer that is larger, or of a class of its own.
    if (!isText) return new Uint8Array(inflated);
    return text.decodeUtf8(inflated, 0, inflated.length) ?? NOT_UTF8;
  }

  #inflate(bytes: Uint8Array, maxOutputBytes: number): Uint8Array | InflateFault {
    // RFC 7692 7.2.3.6 wants one octet for an empty message; zlib flushed twice makes none, and who relies on it
    // sends that.
    if (bytes.length === 0) return NOTHING;
    const inflated = this.#platform.inflate(bytes, maxOutputBytes, this.#history?.bytes);
    if (typeof inflated !== "string") this.#history?.add(inflated);
    return inflated;
  }
}
