import { randomFillSync } from "node:crypto";

/** What a frame consists of; well formed as far as nothing else is said. */
export interface FrameParts {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** [true] */
  readonly fin?: boolean;
  /** [false] */
  readonly rsv1?: boolean;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A client's frame with a random key (RFC 6455 5.2); a length of over 64 KiB takes eight octets. */
export function frame({ opcode, payload = "", fin = true, rsv1 = false }: FrameParts): Buffer {
  const bytes = Buffer.from(payload as Uint8Array);
  const { length } = bytes;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + lengthBytes + 4);
  header[0] = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  header[1] = 0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) header.writeUInt16BE(length, 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt(length), 2);
  const key = randomFillSync(header.subarray(2 + lengthBytes));
  for (let at = 0; at < length; at++) bytes[at] ^= key[at & 3];
  return Buffer.concat([header, bytes]);
}

/** The same frame so many times over. */
export function repeated(parts: FrameParts, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => frame(parts)));
}

/** A server's frame. */
export interface ServerFrame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Puts the frames of one connection together, however the bytes are cut. Throws for a masked frame. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  *take(chunk: Buffer): Generator<ServerFrame> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const size = sizeOf(bytes);
      if (size === undefined || bytes.length < size.header + size.payload) break;
      const payload = bytes.subarray(size.header, size.header + size.payload);
      yield { fin: bytes[0] >= 0x80, opcode: bytes[0] & 0x0f, payload };
      bytes = bytes.subarray(size.header + size.payload);
    }
    this.#rest = bytes.length === 0 ? bytes : Buffer.from(bytes);
  }
}

function sizeOf(bytes: Buffer): { header: number; payload: number } | undefined {
  if (bytes.length < 2) return undefined;
  if (bytes[1] >= 0x80) throw new Error("a server's frame is masked");
  if (bytes[1] < 126) return { header: 2, payload: bytes[1] };
  const header = bytes[1] === 126 ? 4 : 10;
  if (bytes.length < header) return undefined;
  return { header, payload: header === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) };
}
