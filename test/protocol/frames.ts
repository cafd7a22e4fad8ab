// A second, independent reading of RFC 6455 5.2, slow and plain, to hold the library's against. Uses nothing
// of src.

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export interface FrameParts {
  opcode: number;
  payload?: Uint8Array | string | number[];
  fin?: boolean;
  /** 0 to 7: RSV1 is 4. */
  rsv?: number;
  /** A masking key; false for none. */
  mask?: readonly number[] | false;
  /** The size of the length field, where it should not be the smallest. */
  lengthBits?: 7 | 16 | 64;
  /** A length to announce that is not the payload's. */
  announce?: bigint;
}

export const KEY: readonly number[] = [0x37, 0xfa, 0x21, 0x3d];

export function bytesOf(data: Uint8Array | string | number[]): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : Uint8Array.from(data);
}

/** One frame as a client sends it, with any rule broken that the parts say. */
export function frame(parts: FrameParts): Uint8Array {
  const payload = bytesOf(parts.payload ?? []);
  const length = parts.announce ?? BigInt(payload.length);
  const bits = parts.lengthBits ?? (length < 126n ? 7 : length < 65536n ? 16 : 64);
  const mask = parts.mask ?? KEY;
  const out: number[] = [((parts.fin ?? true) ? 0x80 : 0) | ((parts.rsv ?? 0) << 4) | parts.opcode];
  const code = bits === 7 ? Number(length) : bits === 16 ? 126 : 127;
  out.push((mask === false ? 0 : 0x80) | code);
  if (bits > 7) {
    for (let shift = bits - 8; shift >= 0; shift -= 8) out.push(Number((length >> BigInt(shift)) & 0xffn));
  }
  if (mask !== false) out.push(...mask);
  const head = Uint8Array.from(out);
  const masked = mask === false ? payload : payload.map((byte, index) => byte ^ (mask[index % 4] as number));
  return concat(head, masked);
}

export function text(payload: string | Uint8Array | number[], more: Partial<FrameParts> = {}): Uint8Array {
  return frame({ opcode: TEXT, payload, ...more });
}

export function binary(payload: Uint8Array | number[], more: Partial<FrameParts> = {}): Uint8Array {
  return frame({ opcode: BINARY, payload, ...more });
}

export function closeFrame(code?: number, reason = "", more: Partial<FrameParts> = {}): Uint8Array {
  const payload = code === undefined ? [] : [code >> 8, code & 0xff, ...bytesOf(reason)];
  return frame({ opcode: CLOSE, payload, ...more });
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export interface SeenFrame {
  fin: boolean;
  /** 0 to 7: RSV1 is 4. */
  rsv: number;
  opcode: number;
  masked: boolean;
  payload: Uint8Array;
}

/** The frames of what a wire put out; throws where they are not well formed, and for other reserved bits. */
export function readFrames(bytes: Uint8Array, allowedRsv = 0): SeenFrame[] {
  const seen: SeenFrame[] = [];
  let at = 0;
  const next = (): number => {
    if (at >= bytes.length) throw new Error(`output ends inside a frame, after ${bytes.length} bytes`);
    return bytes[at++] as number;
  };
  while (at < bytes.length) {
    const first = next();
    const second = next();
    const rsv = (first >> 4) & 7;
    if ((rsv & ~allowedRsv) !== 0) throw new Error("a reserved bit is set in the output");
    let length = second & 0x7f;
    const extra = length === 126 ? 2 : length === 127 ? 8 : 0;
    if (extra > 0) {
      length = 0;
      for (let index = 0; index < extra; index++) length = length * 256 + next();
      if (length < (extra === 2 ? 126 : 65536))
        throw new Error(`length ${length} is not written in the fewest bytes`);
    }
    const masked = second >= 0x80;
    const key = masked ? [next(), next(), next(), next()] : [0, 0, 0, 0];
    if (at + length > bytes.length) throw new Error(`output ends inside a payload of ${length} bytes`);
    const payload = bytes.slice(at, at + length).map((byte, index) => byte ^ (key[index % 4] as number));
    at += length;
    seen.push({ fin: first >= 0x80, rsv, opcode: first & 0x0f, masked, payload });
  }
  return seen;
}

/** A readable, comparable form: `text "hi"`, `binary 0102`, `close 1000 "bye"`. */
export function describe(seen: SeenFrame): string {
  const { opcode, payload } = seen;
  const mark = seen.fin ? "" : " (more)";
  if (opcode === TEXT) return `text ${JSON.stringify(new TextDecoder().decode(payload))}${mark}`;
  if (opcode === CLOSE) {
    if (payload.length === 0) return "close";
    const reason = new TextDecoder("utf-8", { fatal: true }).decode(payload.subarray(2));
    return `close ${((payload[0] as number) << 8) | (payload[1] as number)} ${JSON.stringify(reason)}`;
  }
  const names: Record<number, string> = { 0: "continuation", 2: "binary", 9: "ping", 10: "pong" };
  return `${names[opcode]} ${hex(payload)}${mark}`;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A seeded generator of numbers in [0, 1): the same on every runtime (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
