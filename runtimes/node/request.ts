import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";

/** The request of an upgrade as the app sees it; `header` replaces what the client sent by that name. */
export function upgradeRequest(
  incoming: IncomingMessage,
  header: readonly [name: string, value: string],
): Request {
  const { method = "GET", rawHeaders } = incoming;
  if (FORBIDDEN_METHODS.includes(method)) throw new BadRequest("a WebSocket handshake is a GET request", 405);
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (!name.startsWith(":")) headers.append(name, rawHeaders[index + 1]);
  }
  headers.set(...header);
  const scheme = (incoming.socket as TLSSocket).encrypted ? "https" : "http";
  return new Request(targetUrl(scheme, incoming), { method, headers });
}

/** A request that can't be given to an app, with the status that says so. */
export class BadRequest extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

// Fetch knows none of these (Fetch standard, 2.2.1).
const FORBIDDEN_METHODS = ["CONNECT", "TRACE", "TRACK"];

function targetUrl(scheme: string, incoming: IncomingMessage): URL {
  const target = incoming.url ?? "/";
  const host = incoming.headers.host ?? "localhost";
  if (!/^[^/?#@\\\s]+$/.test(host)) throw new BadRequest("the Host header names no host");
  // RFC 9112 3.2.2: a server accepts the absolute form too.
  const url = /^https?:\/\//i.test(target) ? target : `${scheme}://${host}${target}`;
  const parsed = URL.parse(url);
  if (parsed === null) throw new BadRequest("the request's target and host make no URL");
  if (parsed.username !== "" || parsed.password !== "")
    throw new BadRequest("the request's target has a user");
  return parsed;
}
