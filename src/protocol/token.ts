import { WirehallError } from "../errors.ts";
import { decodeBase64Url, encodeBase64Url } from "./base64url.ts";

/**
 * A token for the server among the subprotocols, since a browser's WebSocket can set no other header.
 *
 * It travels beside a real subprotocol, and is none itself: a server never chooses it, and never repeats it.
 */
const PREFIX = "wirehall.token.";

const encoder = new TextEncoder();

/** Whether this is meant to be a token. Case does not count, so that one that is mistyped is kept as secret. */
export function isTokenSubprotocol(subprotocol: string): boolean {
  return subprotocol.slice(0, PREFIX.length).toLowerCase() === PREFIX;
}

/**
 * What a client offers beside a real subprotocol: `new WebSocket(url, ["chat.v1", tokenSubprotocol(token)])`.
 *
 * Throws `INVALID_ARGUMENT` for an empty token.
 */
export function tokenSubprotocol(token: string): string {
  if (token === "") throw new WirehallError("INVALID_ARGUMENT", "the token is empty");
  return PREFIX + encodeBase64Url(encoder.encode(token));
}

/** The token in a subprotocol; undefined where it is none, or is not UTF-8 in base64url without padding. */
export function readTokenSubprotocol(subprotocol: string): string | undefined {
  if (!subprotocol.startsWith(PREFIX) || subprotocol.length === PREFIX.length) return undefined;
  const bytes = decodeBase64Url(subprotocol.slice(PREFIX.length));
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
