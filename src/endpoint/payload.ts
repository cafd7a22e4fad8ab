import { WirehallError } from "../errors.ts";
import { defaultOf } from "./limits.ts";

const MAX_PING_BYTES = defaultOf("maxPingBytes");

/** Throws `INVALID_ARGUMENT` for what is neither a string nor a Uint8Array. */
export function checkPayload(data: unknown): void {
  if (typeof data === "string" || data instanceof Uint8Array) return;
  const found = data === null ? "null" : typeof data;
  throw new WirehallError("INVALID_ARGUMENT", `a message is a string or a Uint8Array, this is ${found}`);
}

/** The bytes of a ping, of the library's own. Throws `INVALID_ARGUMENT` for over 125 of them (RFC 6455 5.5). */
export function pingPayload(payload: string | Uint8Array): Uint8Array {
  checkPayload(payload);
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload.slice();
  if (bytes.length > MAX_PING_BYTES) {
    throw new WirehallError(
      "INVALID_ARGUMENT",
      `a ping of ${bytes.length} bytes: the limit is ${MAX_PING_BYTES}`,
    );
  }
  return bytes;
}
