import { isTokenSubprotocol, type ResponseHead } from "../protocol/mod.ts";
import type { HandshakeRequest } from "./handshake.ts";
import { type DialTarget, readTarget } from "./target.ts";
import type { DialTls } from "./tls.ts";

/** What is asked of one server. */
export interface DialRequest extends HandshakeRequest {
  readonly tls: DialTls;
}

/** RFC 9110 15.4: those by which a GET is to be repeated elsewhere. */
const REDIRECTIONS: readonly number[] = [301, 302, 303, 307, 308];

export function isRedirection({ status }: ResponseHead): boolean {
  return REDIRECTIONS.includes(status);
}

/**
 * The request to which a redirection leads, or in words why it leads nowhere.
 *
 * To another origin goes nothing of the caller's that may be a secret: no header, no user, no token, no certificate.
 */
export function redirect(request: DialRequest, { headers }: ResponseHead): DialRequest | string {
  const { target: from, tls } = request;
  const location = headers.get("location");
  if (location === null) return "it names no Location";
  const target = readLocation(location, from);
  if (typeof target === "string") return target;
  if (from.secure && !target.secure) return "it leads from wss: to ws:, where others can read along";
  if (isSameOrigin(from, target)) {
    return { ...request, target: { ...target, authorization: from.authorization } };
  }
  return {
    ...request,
    target: { ...target, authorization: undefined },
    headers: new Headers(),
    subprotocols: request.subprotocols.filter((subprotocol) => !isTokenSubprotocol(subprotocol)),
    tls: { ca: tls.ca, rejectUnauthorized: tls.rejectUnauthorized },
  };
}

function readLocation(location: string, from: DialTarget): DialTarget | string {
  const url = URL.parse(location, from.url);
  if (url === null) return "its Location is no URL";
  // What a page would be scrolled to means nothing to a WebSocket.
  url.hash = "";
  try {
    return readTarget(url);
  } catch {
    return "its Location is no WebSocket's";
  }
}

function isSameOrigin(one: DialTarget, other: DialTarget): boolean {
  return one.secure === other.secure && one.hostname === other.hostname && one.port === other.port;
}
