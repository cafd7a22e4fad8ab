import { CLOSE, CONTINUATION, TEXT } from "../protocol/frames.ts";

/** A frame as its header announces it, judged by nothing. */
export interface ScannedFrame {
  readonly start: number;
  readonly fin: boolean;
  readonly opcode: number;
  readonly lengthBits: 7 | 16 | 64;
  readonly announced: bigint;
  /** Behind the length field. */
  readonly lengthEnd: number;
  /** Behind the masking key. */
  readonly payloadStart: number;
  /** Behind the payload, or what has come of it. */
  readonly payloadEnd: number;
  readonly key: readonly number[];
}

/** The frames of which the whole header has come; `rest` is where what follows them starts. */
export function scan(bytes: Uint8Array): { frames: ScannedFrame[]; rest: number } {
  const frames: ScannedFrame[] = [];
  let start = 0;
  while (start < bytes.length) {
    const found = scanOne(bytes, start);
    if (found === undefined) break;
    frames.push(found);
    start = found.payloadEnd;
  }
  return { frames, rest: start };
}

function scanOne(bytes: Uint8Array, start: number): ScannedFrame | undefined {
  const [first, second] = bytes.subarray(start, start + 2);
  if (first === undefined || second === undefined) return undefined;
  const code = second & 0x7f;
  const lengthBits = code === 126 ? 16 : code === 127 ? 64 : 7;
  const lengthEnd = start + 2 + (lengthBits === 7 ? 0 : lengthBits / 8);
  const payloadStart = lengthEnd + (second >= 0x80 ? 4 : 0);
  if (payloadStart > bytes.length) return undefined;
  let announced = lengthBits === 7 ? BigInt(code) : 0n;
  for (const byte of bytes.subarray(start + 2, lengthEnd)) announced = announced * 256n + BigInt(byte);
  const here = BigInt(bytes.length - payloadStart);
  const payloadEnd = payloadStart + Number(announced < here ? announced : here);
  return {
    start,
    fin: first >= 0x80,
    opcode: first & 0x0f,
    lengthBits,
    announced,
    lengthEnd,
    payloadStart,
    payloadEnd,
    key: second >= 0x80 ? [...bytes.subarray(lengthEnd, payloadStart)] : [0, 0, 0, 0],
  };
}

/** What completes the last header, by zeros, and the payload of a close frame of one byte; or nothing. */
export function completion(bytes: Uint8Array, masked: boolean): Uint8Array {
  const { frames, rest } = scan(bytes);
  const added: number[] = [];
  const last = frames.at(-1);
  if (last?.opcode === CLOSE && last.announced === 1n && last.payloadStart === last.payloadEnd) added.push(0);
  const cut = bytes.subarray(rest);
  if (cut.length === 0) return Uint8Array.from(added);
  const second = cut[1] ?? (masked ? 0x80 : 0);
  if (cut.length === 1) added.push(second);
  const code = second & 0x7f;
  const headerBytes = 2 + (code === 126 ? 2 : code === 127 ? 8 : 0) + (second >= 0x80 ? 4 : 0);
  while (cut.length + added.length < headerBytes) added.push(0);
  if ((cut[0] as number) % 16 === CLOSE && code === 1) added.push(0);
  return Uint8Array.from(added);
}

/** The message that is open at an offset: what came of it up to there, and its frames so far. */
export interface OpenMessage {
  readonly isText: boolean;
  fragments: number;
  announced: bigint;
  payload: number[];
}

/** Undefined where no message is open at the offset, or the frames before it break the order of fragments. */
export function openMessageAt(bytes: Uint8Array, offset: number): OpenMessage | undefined {
  let open: OpenMessage | undefined;
  let ended = false;
  for (const frame of scan(bytes).frames) {
    if (frame.payloadStart > offset) break;
    if (frame.opcode >= CLOSE) continue;
    if (ended) {
      if (frame.start >= offset) break;
      open = undefined;
    }
    if ((frame.opcode === CONTINUATION) !== (open !== undefined)) return undefined;
    open ??= { isText: frame.opcode === TEXT, fragments: 0, announced: 0n, payload: [] };
    open.fragments++;
    open.announced += frame.announced;
    for (let at = frame.payloadStart; at < Math.min(frame.payloadEnd, offset); at++) {
      open.payload.push((bytes[at] as number) ^ (frame.key[(at - frame.payloadStart) % 4] as number));
    }
    ended = frame.fin;
  }
  return open;
}

// Behind any beginning of a character, one of these completes it.
const completions = [[], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xa0, 0x80], [0xbf, 0x80, 0x80]];

/** Whether more bytes could make it valid UTF-8. */
export function beginsUtf8(bytes: readonly number[]): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return completions.some((rest) => {
    try {
      decoder.decode(Uint8Array.from([...bytes, ...rest]));
      return true;
    } catch {
      return false;
    }
  });
}
