/** The state before the first byte, and after any whole character. */
export const UTF8_START = 0;
/** The state after a byte that no valid UTF-8 has in this place. */
export const UTF8_BAD = -1;

/**
 * Validates the next bytes of a text, from the `state` that the bytes before them left.
 *
 * Returns the new state: `UTF8_START` where the text may end, `UTF8_BAD` at the first bad byte, and any other
 * number inside a character. Surrogates, overlong forms and code points above U+10FFFF are bad from their
 * first wrong byte (RFC 3629 4).
 */
export function validateUtf8(state: number, bytes: Uint8Array, start: number, end: number): number {
  // A state packs what must still come: how many bytes, and the bounds of the first of them.
  let missing = state & 0xff;
  let low = (state >> 8) & 0xff;
  let high = (state >> 16) & 0xff;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (missing > 0) {
      if (byte < low || byte > high) return UTF8_BAD;
      missing--;
      low = 0x80;
      high = 0xbf;
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return UTF8_BAD;
      missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      // RFC 3629 4: after E0 and F0 a lower second byte is overlong, after ED a higher one is a surrogate,
      // after F4 a higher one is above U+10FFFF.
      low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
      high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    }
  }
  return missing === 0 ? UTF8_START : missing | (low << 8) | (high << 16);
}
