import { WirehallError } from "../errors.ts";
import { encodeUtf8, type TextCodec } from "./text.ts";

// RFC 6455 7.4.1.
export const NORMAL_CLOSURE = 1000;
export const PROTOCOL_ERROR = 1002;
export const NO_STATUS = 1005;
export const ABNORMAL_CLOSURE = 1006;
export const INVALID_DATA = 1007;
export const POLICY_VIOLATION = 1008;
export const TOO_BIG = 1009;
export const INTERNAL_ERROR = 1011;
// Registered with IANA later.
export const SERVICE_RESTART = 1012;
export const TRY_AGAIN_LATER = 1013;
export const UNAUTHORIZED = 3000;

/** The most bytes of UTF-8 that a close reason may have: a control frame's 125 less the code's two. */
export const MAX_REASON_BYTES = 123;

/**
 * Whether a close frame may bear the code: 1000-1003, 1007-1014, 3000-4999.
 *
 * RFC 6455 7.4: 1005, 1006 and 1015 "MUST NOT be set as a status code in a Close control frame", 1004 and the
 * rest of 1000-2999 are reserved, 0-999 are not used; 1012-1014 were registered later with IANA.
 */
export function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/**
 * The payload of a close frame; empty without a code.
 *
 * Throws `INVALID_CLOSE` for a code that must not be sent, a reason over 123 bytes of UTF-8, or a reason
 * without code.
 */
export function encodeClosePayload(code: number | undefined, reason: string): Uint8Array {
  if (code === undefined) {
    if (reason !== "") throw new WirehallError("INVALID_CLOSE", "a close reason needs a close code");
    return new Uint8Array(0);
  }
  if (!isCloseCode(code)) {
    throw new WirehallError(
      "INVALID_CLOSE",
      `close code ${code} must not be sent; 1000-1003, 1007-1014, 3000-4999 may`,
    );
  }
  const reasonBytes = encodeUtf8(reason);
  if (reasonBytes.length > MAX_REASON_BYTES) {
    throw new WirehallError(
      "INVALID_CLOSE",
      `the close reason has ${reasonBytes.length} bytes of UTF-8; the limit is ${MAX_REASON_BYTES}`,
    );
  }
  const payload = new Uint8Array(2 + reasonBytes.length);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  payload.set(reasonBytes, 2);
  return payload;
}

/** What a close frame said, or the violation it is: `code` is then what to fail the connection with. */
export interface CloseFrame {
  readonly valid: boolean;
  readonly code: number;
  readonly reason: string;
}

/**
 * Reads the payload of a close frame in `bytes[start..end)`; an empty one has the code 1005 (RFC 6455 7.1.5).
 */
export function readClosePayload(bytes: Uint8Array, start: number, end: number, text: TextCodec): CloseFrame {
  if (start === end) return { valid: true, code: NO_STATUS, reason: "" };
  // RFC 6455 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".
  if (end - start === 1)
    return violation(PROTOCOL_ERROR, "a close frame's payload has 1 byte; a close code has 2");
  const code = ((bytes[start] as number) << 8) | (bytes[start + 1] as number);
  if (!isCloseCode(code)) return violation(PROTOCOL_ERROR, `close code ${code} must not be sent`);
  const reason = text.decodeUtf8(bytes, start + 2, end);
  if (reason === undefined) return violation(INVALID_DATA, "a close reason is not valid UTF-8");
  return { valid: true, code, reason };
}

function violation(code: number, reason: string): CloseFrame {
  return { valid: false, code, reason };
}
