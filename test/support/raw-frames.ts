/** RFC 6455's frames, written for the tests alone: nothing here may come from src, or both would share a bug. */

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameToSend {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  /** [true] */
  readonly fin?: boolean;
  /** The three reserved bits, 0 to 7 [0]. */
  readonly rsv?: number;
  /** Four bytes, or false to leave the payload bare [random bytes]. */
  readonly mask?: Uint8Array | false;
  /** How the length is written: 7, 16 or 64 bits [the shortest]. */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length that the header claims [the payload's]. */
  readonly claimedLength?: number;
}

export interface Frame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly lengthBits: 7 | 16 | 64;
  readonly payload: Buffer;
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const payload = Buffer.from(frame.payload ?? "");
  const length = frame.claimedLength ?? payload.length;
  const mask = frame.mask ?? crypto.getRandomValues(new Uint8Array(4));
  const bits = frame.lengthBits ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const header = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10);
  header[0] = (frame.fin === false ? 0 : 0x80) | ((frame.rsv ?? 0) << 4) | frame.opcode;
  header[1] = (mask === false ? 0 : 0x80) | (bits === 7 ? length : bits === 16 ? 126 : 127);
  if (bits === 16) header.writeUInt16BE(length, 2);
  if (bits === 64) header.writeBigUInt64BE(BigInt(length), 2);
  if (mask === false) return Buffer.concat([header, payload]);
  for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i & 3];
  return Buffer.concat([header, mask, payload]);
}

/** The first frame in `bytes` and how many bytes it took, or undefined while it is not whole. */
export function decodeFrame(bytes: Buffer): { frame: Frame; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  const lengthBits = short === 126 ? 16 : short === 127 ? 64 : 7;
  const masked = (bytes[1] & 0x80) !== 0;
  const afterLength = lengthBits === 7 ? 2 : lengthBits === 16 ? 4 : 10;
  const start = afterLength + (masked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const length =
    lengthBits === 7 ? short : lengthBits === 16 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return undefined;
  const frame: Frame = {
    fin: (bytes[0] & 0x80) !== 0,
    rsv: (bytes[0] >> 4) & 7,
    opcode: bytes[0] & 0x0f,
    masked,
    lengthBits,
    payload: Buffer.from(bytes.subarray(start, start + length)),
  };
  return { frame, size: start + length };
}

export function closePayload(code: number, reason: string | Uint8Array = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

/** One line for people who read why a test failed. */
export function describeFrame(frame: Frame): string {
  const name =
    Object.entries(opcodes).find(([, value]) => value === frame.opcode)?.[0] ?? `opcode ${frame.opcode}`;
  const detail =
    frame.opcode === opcodes.close && frame.payload.length >= 2
      ? ` ${frame.payload.readUInt16BE()} ${JSON.stringify(frame.payload.toString("utf8", 2))}`
      : ` ${JSON.stringify(frame.payload.toString("latin1", 0, 60))}`;
  const flags = `${frame.fin ? "" : " not final"}${frame.rsv === 0 ? "" : ` rsv ${frame.rsv}`}${frame.masked ? " masked" : ""}`;
  return `${name}${flags} of ${frame.payload.length} bytes${detail}`;
}
