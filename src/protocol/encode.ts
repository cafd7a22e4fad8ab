import { WirehallError } from "../errors.ts";
import { frameHeaderBytes, MAX_HEADER_BYTES, writeFrameHeader } from "./frame.ts";
import { applyMask, nextMaskingKey } from "./mask.ts";
import { TEXT } from "./opcode.ts";
import { commit, MAX_POOLED_BYTES, reserve, type Slice } from "./output.ts";
import { encodeUtf8, type TextCodec } from "./text.ts";

/** Fills its argument from a CSPRNG. */
export type RandomBytes = (target: Uint8Array) => void;

const LOOP_TO_CHARS = 16;
const MAX_BYTES_PER_CHAR = 3;
// Room for one more character: text with a longer one never ends at exactly its number of UTF-16 units then.
const SLACK_BYTES = 4;

// Where the last frame was encoded: read at once by who asked for it, so that no record is made for each.
const encoded: Slice = { bytes: new Uint8Array(0), start: 0, end: 0 };

/**
 * Encodes a text message as one frame, masked where `randomBytes` is given.
 *
 * Like all frames here it is to be read before the next is encoded, which is told in the same record.
 */
export function encodeText(text: string, codec: TextCodec, randomBytes: RandomBytes | undefined): Slice {
  const chars = text.length;
  const mostBytes = MAX_HEADER_BYTES + chars * MAX_BYTES_PER_CHAR;
  if (mostBytes > MAX_POOLED_BYTES) return encodeLargeText(text, codec, randomBytes);
  const masked = randomBytes !== undefined;
  reserve(mostBytes, encoded);
  const target = encoded.bytes;
  // The header's size is a guess that one-byte characters make right.
  let payloadAt = encoded.start + frameHeaderBytes(chars, masked);
  let payloadBytes = chars <= LOOP_TO_CHARS ? writeAscii(text, target, payloadAt) : -1;
  if (payloadBytes < 0) payloadBytes = codec.encodeInto(text, target, payloadAt);
  const missing = encoded.start + frameHeaderBytes(payloadBytes, masked) - payloadAt;
  if (missing > 0) {
    target.copyWithin(payloadAt + missing, payloadAt, payloadAt + payloadBytes);
    payloadAt += missing;
  }
  return finish(TEXT, payloadAt, payloadBytes, randomBytes, true);
}

/**
 * Encodes a frame of any opcode around a copy of `bytes[start..end)`, masked where `randomBytes` is given.
 */
export function encodeBytes(
  opcode: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  randomBytes: RandomBytes | undefined,
): Slice {
  if (bytes.BYTES_PER_ELEMENT !== 1) {
    throw new WirehallError("INVALID_MESSAGE", "a message is a string or a Uint8Array");
  }
  const payloadBytes = end - start;
  const headerBytes = frameHeaderBytes(payloadBytes, randomBytes !== undefined);
  const pooled = place(headerBytes + payloadBytes);
  const payloadAt = encoded.start + headerBytes;
  encoded.bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), payloadAt);
  return finish(opcode, payloadAt, payloadBytes, randomBytes, pooled);
}

function encodeLargeText(text: string, codec: TextCodec, randomBytes: RandomBytes | undefined): Slice {
  const headerBytes = frameHeaderBytes(text.length, randomBytes !== undefined);
  const pooled = place(headerBytes + text.length + SLACK_BYTES);
  const payloadAt = encoded.start + headerBytes;
  const payloadBytes = codec.encodeInto(text, encoded.bytes, payloadAt);
  if (payloadBytes === text.length) return finish(TEXT, payloadAt, payloadBytes, randomBytes, pooled);
  const utf8 = encodeUtf8(text);
  return encodeBytes(TEXT, utf8, 0, utf8.length, randomBytes);
}

/** Points `encoded` at room for a frame; returns whether that is in the pool. */
function place(frameBytes: number): boolean {
  if (frameBytes <= MAX_POOLED_BYTES) {
    reserve(frameBytes, encoded);
    return true;
  }
  encoded.bytes = new Uint8Array(frameBytes);
  encoded.start = 0;
  encoded.end = frameBytes;
  return false;
}

function finish(
  opcode: number,
  payloadAt: number,
  payloadBytes: number,
  randomBytes: RandomBytes | undefined,
  pooled: boolean,
): Slice {
  const { bytes, start } = encoded;
  encoded.end = payloadAt + payloadBytes;
  if (randomBytes === undefined) {
    writeFrameHeader(bytes, start, opcode, payloadBytes, undefined);
  } else {
    // RFC 6455 5.3: "The masking key is a 32-bit value chosen at random by the client. When preparing a
    // masked frame, the client MUST pick a fresh masking key".
    const key = nextMaskingKey(randomBytes);
    writeFrameHeader(bytes, start, opcode, payloadBytes, key);
    applyMask(bytes, payloadAt, encoded.end, key);
  }
  if (pooled) commit(encoded);
  return encoded;
}

/** Writes the text if each character is one byte; -1 if not. */
function writeAscii(text: string, target: Uint8Array, offset: number): number {
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (char > 0x7f) return -1;
    target[offset + index] = char;
  }
  return text.length;
}
