import type { TextCodec } from "./text.ts";
import { UTF8_BAD, UTF8_START, validateUtf8 } from "./utf8.ts";

const FIRST_BYTES = 256;
const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/**
 * A message whose frames, or whose only frame, arrive in pieces.
 *
 * What has arrived is copied into one buffer that doubles as it fills, so that memory grows with what the
 * peer sent, not with what it announced, and a piece of a few bytes does not keep the read that it came in.
 */
export class PartialMessage {
  readonly isText: boolean;
  /** It is DEFLATE data, of which nothing can be said before it is inflated. */
  readonly compressed: boolean;
  /** The frames begun so far. */
  fragments = 0;
  /** The bytes that have arrived. */
  bytes = 0;
  #buffer: Uint8Array<ArrayBuffer> = NOTHING;
  #utf8 = UTF8_START;
  #ascii = true;

  constructor(isText: boolean, compressed: boolean) {
    this.isText = isText;
    this.compressed = compressed;
  }

  /**
   * Adds the unmasked `chunk[start..end)`, of which `ascii` says that each byte is below 0x80.
   *
   * `mostBytes` is what the message can come to. Returns false at a text's first byte that is not UTF-8.
   */
  add(chunk: Uint8Array, start: number, end: number, ascii: boolean, mostBytes: number): boolean {
    if (this.isText && !this.compressed && !(ascii && this.#utf8 === UTF8_START)) {
      // RFC 6455 8.1: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream
      // is not, in fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_."
      this.#utf8 = validateUtf8(this.#utf8, chunk, start, end);
      if (this.#utf8 === UTF8_BAD) return false;
      this.#ascii = false;
    }
    const needed = this.bytes + end - start;
    if (needed > this.#buffer.length) this.#grow(needed, mostBytes);
    this.#buffer.set(chunk.subarray(start, end), this.bytes);
    this.bytes = needed;
    return true;
  }

  /** The whole message, in an array of its own; undefined where a text ends inside a character. */
  finish(text: TextCodec): string | Uint8Array | undefined {
    if (!this.isText) {
      return this.#buffer.length === this.bytes ? this.#buffer : this.#buffer.slice(0, this.bytes);
    }
    if (this.#utf8 !== UTF8_START) return undefined;
    if (this.#ascii) return text.decodeAscii(this.#buffer, 0, this.bytes);
    return text.decodeUtf8(this.#buffer, 0, this.bytes);
  }

  /** What has arrived, to be inflated. It is not a copy. */
  get arrived(): Uint8Array {
    return this.#buffer.subarray(0, this.bytes);
  }

  #grow(neededBytes: number, mostBytes: number): void {
    const bytes = Math.max(neededBytes, Math.min(mostBytes, Math.max(FIRST_BYTES, this.#buffer.length * 2)));
    const grown = new Uint8Array(bytes);
    grown.set(this.#buffer.subarray(0, this.bytes));
    this.#buffer = grown;
  }
}
