// A masking key is kept as a number, its first octet lowest: as a little-endian machine reads it.

const LITTLE_ENDIAN: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const WORDS_FROM_BYTES = 16;
const COPY_BYTEWISE_BYTES = 64;
const VIEW_KEPT_BYTES = 131_072;
const KEYS_BYTES = 4096;

const NO_WORDS: Int32Array = new Int32Array(0);

// Reads come in one buffer with many frames, or again and again in the same buffer.
let viewedBuffer: ArrayBufferLike = NO_WORDS.buffer;
let viewedWords: Int32Array = NO_WORDS;

function wordsUpTo(end: number, buffer: ArrayBufferLike): Int32Array {
  if (buffer === viewedBuffer && viewedWords.length >= end) return viewedWords;
  const words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  if (buffer.byteLength <= VIEW_KEPT_BYTES) {
    viewedBuffer = buffer;
    viewedWords = words;
  }
  return words;
}

/**
 * The key for what follows `bytes` octets masked with `key` (RFC 6455 5.3: octet i takes key octet i MOD 4).
 */
export function rotateKey(key: number, bytes: number): number {
  const shift = (bytes & 3) << 3;
  return shift === 0 ? key : (key >>> shift) | (key << (32 - shift));
}

/**
 * Masks or unmasks `bytes[start..end)` in place (RFC 6455 5.3: the transformation is its own inverse).
 *
 * Returns whether every resulting byte is ASCII. The key 0 changes nothing and only looks.
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, key: number): boolean {
  let at = start;
  let rest = key;
  let seen = 0;
  if (LITTLE_ENDIAN && end - start >= WORDS_FROM_BYTES) {
    const base = bytes.byteOffset;
    while (((base + at) & 3) !== 0) {
      seen |= bytes[at] = ((bytes[at] as number) ^ rest) & 0xff;
      rest = (rest >>> 8) | (rest << 24);
      at++;
    }
    const endWord = (base + end) >> 2;
    seen |= maskWords(wordsUpTo(endWord, bytes.buffer), (base + at) >> 2, endWord, rest);
    at = (endWord << 2) - base;
  }
  for (; at < end; at++) {
    seen |= bytes[at] = ((bytes[at] as number) ^ rest) & 0xff;
    rest = (rest >>> 8) | (rest << 24);
  }
  return (seen & 0x80808080) === 0;
}

/** The unmasked `bytes[start..end)` in an array of their own; `bytes` may be unmasked too. */
export function copyUnmasked(bytes: Uint8Array, start: number, end: number, key: number): Uint8Array {
  if (end - start > COPY_BYTEWISE_BYTES) {
    applyMask(bytes, start, end, key);
    return new Uint8Array(bytes.subarray(start, end));
  }
  const copy = new Uint8Array(end - start);
  let rest = key;
  for (let index = 0; index < copy.length; index++) {
    copy[index] = (bytes[start + index] as number) ^ rest;
    rest = (rest >>> 8) | (rest << 24);
  }
  return copy;
}

/** Masks whole words; returns all bits that were seen. In V8 it is fastest not inlined and not unrolled. */
function maskWords(words: Int32Array, start: number, end: number, key: number): number {
  let seen = 0;
  for (let at = start; at < end; at++) seen |= words[at] = (words[at] as number) ^ key;
  return seen;
}

const keys: Uint8Array = new Uint8Array(KEYS_BYTES);
let keysTaken: number = KEYS_BYTES;
let keysSource: ((target: Uint8Array) => void) | undefined;

/**
 * A new masking key, from a CSPRNG that is asked for many at a time.
 *
 * RFC 6455 5.3: "The masking key needs to be unpredictable; thus, the masking key MUST be derived from a
 * strong source of entropy".
 */
export function nextMaskingKey(randomBytes: (target: Uint8Array) => void): number {
  if (keysTaken === KEYS_BYTES || keysSource !== randomBytes) {
    randomBytes(keys);
    keysSource = randomBytes;
    keysTaken = 0;
  }
  const at = keysTaken;
  keysTaken += 4;
  return readKey(keys, at);
}

/** The masking key in the four octets from `at`. */
export function readKey(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
