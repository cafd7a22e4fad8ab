/**
 * How text becomes bytes and back, which a platform can do faster than portable code.
 *
 * Functions take a whole array and indexes, so that nothing is allocated to call them.
 */
export interface TextCodec {
  /** The string of `bytes[start..end)`, of which each byte is known to be below 0x80. */
  decodeAscii(bytes: Uint8Array, start: number, end: number): string;
  /** The string of `bytes[start..end)`, a leading BOM kept, or undefined where that is not valid UTF-8. */
  decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined;
  /**
   * Writes `text` as UTF-8 to `target` from `offset`, lone surrogates as U+FFFD; returns the number of bytes
   * written. Where the target ends first, writes only the whole characters that fit.
   */
  encodeInto(text: string, target: Uint8Array, offset: number): number;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The codec for every platform, by TextDecoder and TextEncoder. */
export const portableText: TextCodec = {
  decodeAscii(bytes: Uint8Array, start: number, end: number): string {
    return decoder.decode(bytes.subarray(start, end));
  },

  decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
    try {
      return decoder.decode(bytes.subarray(start, end));
    } catch {
      return undefined;
    }
  },

  encodeInto(text: string, target: Uint8Array, offset: number): number {
    return encoder.encodeInto(text, target.subarray(offset)).written;
  },
};

/** The UTF-8 bytes of `text` in an array of their own. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** How many bytes `text` has as UTF-8, lone surrogates as U+FFFD; nothing is allocated. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
    } else if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      // A pair of units is four bytes.
      bytes += 2;
      at++;
    } else {
      bytes += 2;
    }
  }
  return bytes;
}
