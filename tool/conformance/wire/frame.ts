import { randomBytes } from "node:crypto";

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame to send, right or wrong: nothing is checked. */
export interface FrameSpec {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  /** [true] */
  readonly fin?: boolean;
  /** RSV1, RSV2, RSV3 as 4, 2, 1 [0]. */
  readonly rsv?: number;
  /** Bits that the length takes [the fewest]. */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length that the header claims [the payload's]. */
  readonly claims?: bigint;
  /** Whether it is masked [as the role asks]. */
  readonly masked?: boolean;
  /** The masking key, 4 bytes [random]. */
  readonly key?: Uint8Array;
}

/** The head of a frame that was received. */
export interface FrameHead {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly key: Buffer | undefined;
  readonly lengthBits: 7 | 16 | 64;
  readonly length: bigint;
  /** How many bytes the head itself takes. */
  readonly size: number;
}

let keys: Buffer = Buffer.alloc(0);

/** A masking key; many are made at a time, since there are cases with 65,536 frames. */
function randomKey(): Buffer {
  if (keys.length === 0) keys = randomBytes(4096);
  const key = keys.subarray(0, 4);
  keys = keys.subarray(4);
  return key;
}

/** The bytes of a frame (RFC 6455, 5.2); `masked` is what the sender's role asks. */
export function encodeFrame(spec: FrameSpec, masked: boolean): Buffer {
  const payload = Buffer.from(spec.payload ?? "");
  const length = spec.claims ?? BigInt(payload.length);
  const bits = spec.lengthBits ?? (length <= 125n ? 7 : length <= 0xffffn ? 16 : 64);
  const mask = spec.masked ?? masked;
  const head = [((spec.fin ?? true) ? 0x80 : 0) | ((spec.rsv ?? 0) << 4) | spec.opcode];
  const second = bits === 7 ? Number(length) : bits === 16 ? 126 : 127;
  head.push(second | (mask ? 0x80 : 0));
  for (let shift = bits === 7 ? -8 : bits - 8; shift >= 0; shift -= 8) {
    head.push(Number((length >> BigInt(shift)) & 0xffn));
  }
  if (!mask) return Buffer.concat([Buffer.from(head), payload]);
  const key = Buffer.from(spec.key ?? randomKey());
  return Buffer.concat([Buffer.from(head), key, xor(payload, key)]);
}

/** The head of the frame that `bytes` begin with, or undefined while it is not whole. 14 bytes are enough. */
export function readHead(bytes: Buffer): FrameHead | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = bytes;
  const short = second % 128;
  const lengthBits = short < 126 ? 7 : short === 126 ? 16 : 64;
  const lengthSize = lengthBits === 7 ? 0 : lengthBits / 8;
  const keyAt = 2 + lengthSize;
  const size = keyAt + (second >= 128 ? 4 : 0);
  if (bytes.length < size) return undefined;
  let length = 0n;
  for (const byte of bytes.subarray(2, keyAt)) length = length * 256n + BigInt(byte);
  return {
    fin: first >= 128,
    rsv: (first & 0b0111_0000) >> 4,
    opcode: first & 0b1111,
    key: second >= 128 ? Buffer.from(bytes.subarray(keyAt, size)) : undefined,
    lengthBits,
    length: lengthBits === 7 ? BigInt(short) : length,
    size,
  };
}

/** RFC 6455, 5.3: octet i XOR octet (i modulo 4) of the key. Returns a copy. */
export function xor(payload: Uint8Array, key: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(payload.length);
  for (let i = 0; i < payload.length; i++) out[i] = payload[i] ^ key[i % 4];
  return out;
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}
