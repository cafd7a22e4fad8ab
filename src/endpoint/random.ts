const POOL_BYTES = 4096;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 128 bits from the platform's CSPRNG, as 22 characters of base64url. */
export function randomId(): string {
  if (used + 16 > POOL_BYTES) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let id = "";
  for (let bit = 0; bit < 128; bit += 6) {
    const at = used + (bit >> 3);
    const pair = (pool[at] << 8) | (bit >> 3 < 15 ? pool[at + 1] : 0);
    id += ALPHABET[(pair >> (10 - (bit & 7))) & 63];
  }
  pool.fill(0, used, used + 16);
  used += 16;
  return id;
}
