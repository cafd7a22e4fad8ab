import { encodeBase64 } from "./base64.ts";
import { encodeUtf8 } from "./text.ts";

/** SHA-1: the 20 bytes of the digest of its argument. */
export type Sha1 = (bytes: Uint8Array) => Uint8Array;

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY_BYTES = 16;

/** The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 4.2.2). */
export function acceptKey(key: string, sha1: Sha1): string {
  return encodeBase64(sha1(acceptInput(key)));
}

/** What `acceptKey` takes the digest of, for a platform whose SHA-1 takes its time. */
export function acceptInput(key: string): Uint8Array {
  return encodeUtf8(key + GUID);
}

/** A new `Sec-WebSocket-Key`: 16 random bytes in base64 (RFC 6455 4.1). */
export function newKey(randomBytes: (target: Uint8Array) => void): string {
  const bytes = new Uint8Array(KEY_BYTES);
  randomBytes(bytes);
  return encodeBase64(bytes);
}

/** Whether the value is 16 bytes in base64, as a key must be (RFC 6455 4.2.1). */
export function isKey(value: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(value);
}
