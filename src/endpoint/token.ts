import { isTokenSubprotocol, readTokenSubprotocol } from "../protocol/mod.ts";

const HEADER = "sec-websocket-protocol";

/**
 * The token that a client sent as `tokenSubprotocol(token)` beside the subprotocols that it offers, since a browser's
 * WebSocket can set no other header.
 *
 * Undefined where there is none, where there are several, and where it is not well formed. Read it in `upgrade`, or a
 * room's `onConnect`: `connection.request` no longer has it.
 */
export function tokenOf(request: Request): string | undefined {
  const offered = request.headers.get(HEADER)?.split(",") ?? [];
  const tokens = offered.map((entry) => entry.trim()).filter(isTokenSubprotocol);
  return tokens.length === 1 ? readTokenSubprotocol(tokens[0]) : undefined;
}

/** Subprotocols that may be chosen, and named in errors and logs. */
export function withoutTokens(protocols: readonly string[]): readonly string[] {
  return protocols.some(isTokenSubprotocol)
    ? protocols.filter((protocol) => !isTokenSubprotocol(protocol))
    : protocols;
}

/** The request to keep with a connection: a secret that was needed once must not wait there to be logged. */
export function requestWithoutToken(request: Request): Request {
  const offered = request.headers.get(HEADER);
  const protocols = offered?.split(",").map((entry) => entry.trim()) ?? [];
  const kept = withoutTokens(protocols);
  if (kept === protocols) return request;
  const headers = new Headers(request.headers);
  headers.set(HEADER, kept.join(", "));
  return new Request(request, { headers });
}
