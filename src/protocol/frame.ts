import { readKey } from "./mask.ts";
import { COMPRESSED, CONTINUATION, isControl, isDefined } from "./opcode.ts";

/** The most bytes a control frame's payload may have (RFC 6455 5.5). */
export const MAX_CONTROL_BYTES = 125;
/** The most bytes a header can have: two, a 64-bit length, a masking key. */
export const MAX_HEADER_BYTES = 14;

/** A frame's header (RFC 6455 5.2), written over by the next `readFrameHeader`. */
export interface FrameHeader {
  fin: boolean;
  opcode: number;
  /** RSV1 of the first frame of a message, where permessage-deflate was agreed. */
  compressed: boolean;
  masked: boolean;
  /** In bytes; a length of 2^53 or more is Infinity. */
  payloadBytes: number;
  /** First octet lowest; 0 where there is no mask. */
  maskingKey: number;
  /** Set where `readFrameHeader` returned -1: which rule was broken. */
  fault: string;
}

/** A header to read into. */
export function newFrameHeader(): FrameHeader {
  return {
    fin: false,
    opcode: 0,
    compressed: false,
    masked: false,
    payloadBytes: 0,
    maskingKey: 0,
    fault: "",
  };
}

/**
 * Reads the header that begins at `bytes[start]`.
 *
 * Returns its size in bytes, 0 if `end` comes before its end, or -1 for a protocol error, as soon as the
 * bytes up to `end` show it (RFC 6455 5.2, 5.5). `deflates` says whether permessage-deflate was agreed.
 */
export function readFrameHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: FrameHeader,
  deflates = false,
): number {
  if (start === end) return 0;
  const first = bytes[start] as number;
  header.fin = first >= 0x80;
  header.opcode = first & 0x0f;
  header.compressed = false;
  if ((first & 0x70) !== 0) {
    if (!deflates || !mayBeCompressed(first)) return reservedBits(header, first, deflates);
    header.compressed = true;
  }
  // 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
  if (!isDefined(header.opcode)) return fault(header, `opcode ${header.opcode} is reserved`);
  // 5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
  if (isControl(header.opcode) && !header.fin) {
    return fault(header, `control frame ${header.opcode} is fragmented`);
  }

  if (end - start < 2) return 0;
  const second = bytes[start + 1] as number;
  header.masked = second >= 0x80;
  const length = second & 0x7f;
  if (length > MAX_CONTROL_BYTES && isControl(header.opcode)) {
    return fault(header, `control frame ${header.opcode} has a payload of over ${MAX_CONTROL_BYTES} bytes`);
  }
  let at = start + 2;
  header.payloadBytes = length;
  if (length === 126) {
    if (end - at < 2) return 0;
    header.payloadBytes = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    if (header.payloadBytes < 126) return fault(header, notMinimal(header.payloadBytes, 16));
    at += 2;
  } else if (length === 127) {
    if (end - at < 8) return 0;
    const high = readUint32(bytes, at);
    const low = readUint32(bytes, at + 4);
    // 5.2: "a 64-bit unsigned integer (the most significant bit MUST be 0)"
    if (high >= 0x80000000) return fault(header, "the top bit of a 64-bit payload length is set");
    header.payloadBytes = high < 0x200000 ? high * 0x100000000 + low : Number.POSITIVE_INFINITY;
    if (header.payloadBytes < 65_536) return fault(header, notMinimal(header.payloadBytes, 64));
    at += 8;
  }
  header.maskingKey = 0;
  if (header.masked) {
    if (end - at < 4) return 0;
    header.maskingKey = readKey(bytes, at);
    at += 4;
  }
  return at - start;
}

/** The size in bytes of the header that `writeFrameHeader` writes. */
export function frameHeaderBytes(payloadBytes: number, masked: boolean): number {
  return (payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10) + (masked ? 4 : 0);
}

/** Where the payload of the unmasked frame that begins at `start` begins. */
export function payloadStart(bytes: Uint8Array, start: number): number {
  const length = bytes[start + 1] as number;
  return start + (length < 126 ? 2 : length === 126 ? 4 : 10);
}

/**
 * Writes the header of an unfragmented frame to `target` from `at`, masked if a key is given (RFC 6455 5.2).
 *
 * `opcode` may have RSV1 beside it.
 */
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  opcode: number,
  payloadBytes: number,
  maskingKey: number | undefined,
): void {
  const maskBit = maskingKey === undefined ? 0 : 0x80;
  let next = at + 2;
  target[at] = 0x80 | opcode;
  if (payloadBytes < 126) {
    target[at + 1] = maskBit | payloadBytes;
  } else if (payloadBytes < 65_536) {
    target[at + 1] = maskBit | 126;
    target[next++] = payloadBytes >> 8;
    target[next++] = payloadBytes;
  } else {
    target[at + 1] = maskBit | 127;
    writeUint32(target, next, Math.floor(payloadBytes / 0x100000000));
    writeUint32(target, next + 4, payloadBytes);
    next += 8;
  }
  if (maskingKey !== undefined) {
    target[next] = maskingKey;
    target[next + 1] = maskingKey >> 8;
    target[next + 2] = maskingKey >> 16;
    target[next + 3] = maskingKey >> 24;
  }
}

/**
 * Whether RSV1 is the only reserved bit and stands on the first frame of a message.
 *
 * RFC 7692 6: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first
 * fragments of a data message. An endpoint receiving such a frame MUST _Fail the WebSocket Connection_."
 */
function mayBeCompressed(first: number): boolean {
  const opcode = first & 0x0f;
  return (first & 0x70) === COMPRESSED && opcode !== CONTINUATION && !isControl(opcode);
}

// 5.2: "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a
// nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_."
function reservedBits(header: FrameHeader, first: number, deflates: boolean): -1 {
  const why = deflates ? "which permessage-deflate does not define here" : "but no extension was negotiated";
  return fault(header, `reserved bits ${(first >> 4) & 7} are set, ${why}`);
}

function fault(header: FrameHeader, rule: string): -1 {
  header.fault = rule;
  return -1;
}

// 5.2: "in all cases, the minimal number of bytes MUST be used to encode the length"
function notMinimal(payloadBytes: number, bits: number): string {
  return `a payload length of ${payloadBytes} is written in ${bits} bits`;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) * 0x1000000 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  );
}

function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
