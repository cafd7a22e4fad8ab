const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((char, value) => [char, value]));

/** The bytes in base64url, without padding (RFC 4648 5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let bit = 0; bit < bytes.length * 8; bit += 6) {
    const at = bit >> 3;
    const pair = ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0);
    text += ALPHABET.charAt((pair >> (10 - (bit & 7))) & 63);
  }
  return text;
}

/**
 * The bytes that are written so, or undefined.
 *
 * Bytes are written in one way only: neither padding nor line breaks are allowed, and the bits that are left over are
 * zero (RFC 4648 3.5), or what is signed could be written in several ways.
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array((text.length * 6) >> 3);
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const char of text) {
    const value = VALUES.get(char);
    if (value === undefined) return undefined;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = bits >> count;
      bits &= (1 << count) - 1;
    }
  }
  return bits === 0 ? bytes : undefined;
}
