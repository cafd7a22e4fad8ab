type Range = readonly [low: number, high: number];

const tail: Range = [0x80, 0xbf];

/** Well-formed sequences by their octets: the Unicode Standard's table 3-7, which is RFC 3629's grammar. */
const sequences: readonly (readonly Range[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], tail],
  [[0xe0, 0xe0], [0xa0, 0xbf], tail],
  [[0xe1, 0xec], tail, tail],
  [[0xed, 0xed], [0x80, 0x9f], tail],
  [[0xee, 0xef], tail, tail],
  [[0xf0, 0xf0], [0x90, 0xbf], tail, tail],
  [[0xf1, 0xf3], tail, tail, tail],
  [[0xf4, 0xf4], [0x80, 0x8f], tail, tail],
];

/** By the first octet. */
const byFirst: readonly (readonly Range[] | undefined)[] = Array.from({ length: 256 }, (_, first) =>
  sequences.find(([[low, high]]) => first >= low && first <= high),
);

/**
 * Where `bytes` stop being UTF-8: the index of the first octet that no valid text has there, `bytes.length`
 * when they end inside a character, or -1 for valid text.
 */
export function firstFault(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const sequence = byFirst[bytes[at]];
    if (sequence === undefined) return at;
    for (let i = 1; i < sequence.length; i++) {
      if (at + i >= bytes.length) return bytes.length;
      const [low, high] = sequence[i];
      if (bytes[at + i] < low || bytes[at + i] > high) return at + i;
    }
    at += sequence.length;
  }
  return -1;
}
