import { randomFillSync } from "node:crypto";

const FINAL_TEXT = 0x81;
const MASKED = 0x80;
const MAX_HEADER_BYTES = 10;

/** RFC 6455's frames for the bench alone: nothing here comes from `src`, so that both can't share a mistake. */

/** One text frame `count` times over; masked as a client's are, each with a random key of its own. */
export function repeatedFrame(payload: Uint8Array, count: number, masked: boolean): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => textFrame(payload, masked)));
}

function textFrame(payload: Uint8Array, masked: boolean): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = FINAL_TEXT;
  header[1] = (masked ? MASKED : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([header, payload]);
  const key = randomFillSync(Buffer.alloc(4));
  return Buffer.concat([header, key, payload.map((byte, index) => byte ^ key[index & 3])]);
}

/**
 * Reads the frames of one connection, cut anywhere, and throws where one is not the text that is expected.
 *
 * Every header is parsed. Of the payloads that lie whole in a read the last is compared byte by byte: comparing
 * all of them would make the load slower than the servers.
 */
export class FrameCounter {
  readonly #payload: Buffer;
  readonly #header: Buffer = Buffer.alloc(MAX_HEADER_BYTES);
  #headerBytes = 0;
  #payloadLeft = 0;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  /** Takes `bytes[start..end)`; returns how many frames that completed. */
  take(bytes: Buffer, start: number, end: number): number {
    const payloadBytes = this.#payload.length;
    let at = start;
    let frames = 0;
    let wholeAt = -1;
    while (at < end) {
      if (this.#payloadLeft === 0) {
        at = this.#readHeader(bytes, at, end);
        if (this.#payloadLeft === 0) break;
      }
      const available = end - at;
      if (this.#payloadLeft > available) {
        this.#payloadLeft -= available;
        break;
      }
      if (this.#payloadLeft === payloadBytes) wholeAt = at;
      at += this.#payloadLeft;
      this.#payloadLeft = 0;
      frames++;
    }
    if (
      wholeAt >= 0 &&
      bytes.compare(this.#payload, 0, payloadBytes, wholeAt, wholeAt + payloadBytes) !== 0
    ) {
      throw new Error("a message came back changed");
    }
    return frames;
  }

  /** Returns where the header ends; without `#payloadLeft` when it is cut. */
  #readHeader(bytes: Buffer, start: number, end: number): number {
    if (this.#headerBytes === 0 && end - start >= MAX_HEADER_BYTES) return this.#parseHeader(bytes, start);
    const header = this.#header;
    let at = start;
    while (at < end) {
      header[this.#headerBytes++] = bytes[at++];
      if (this.#headerBytes >= 2 && this.#headerBytes === headerSize(header[1])) {
        this.#parseHeader(header, 0);
        this.#headerBytes = 0;
        break;
      }
    }
    return at;
  }

  #parseHeader(bytes: Buffer, start: number): number {
    const first = bytes[start];
    const second = bytes[start + 1];
    if (first !== FINAL_TEXT) throw new Error(`a frame begins with 0x${first.toString(16)}, not final text`);
    if (second >= MASKED) throw new Error("a server's frame is masked");
    const length =
      second < 126
        ? second
        : second === 126
          ? (bytes[start + 2] << 8) | bytes[start + 3]
          : Number(bytes.readBigUInt64BE(start + 2));
    if (length !== this.#payload.length) {
      throw new Error(`a message has ${length} bytes, and ${this.#payload.length} were sent`);
    }
    this.#payloadLeft = length;
    return start + headerSize(second);
  }
}

function headerSize(second: number): number {
  return second < 126 ? 2 : second === 126 ? 4 : 10;
}
