import { WirehallError } from "../errors.ts";
import { encodeBase64 } from "../protocol/base64.ts";
import { encodeUtf8 } from "../protocol/text.ts";
import type { DialAddress } from "./stream.ts";

/** What a WebSocket URL says (RFC 6455 3). */
export interface DialTarget extends DialAddress {
  /** The URL, of the scheme `ws:` or `wss:`, without a user. */
  readonly url: string;
  /** Whether it is by TLS. */
  readonly secure: boolean;
  /** For the Host header: with the port, unless it is the scheme's. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** For the Authorization header, where the URL has a user or a password. */
  readonly authorization: string | undefined;
}

/** By scheme, whether it is secure. As in browsers, `http:` and `https:` stand for `ws:` and `wss:`. */
const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ["ws:", false],
  ["wss:", true],
  ["http:", false],
  ["https:", true],
]);

/** Throws `INVALID_ARGUMENT` for what is no URL of a WebSocket; the error shows no password. */
export function readTarget(given: string | URL): DialTarget {
  const url = URL.parse(String(given));
  if (url === null) throw invalid(`${show(String(given))} is no URL: write wss://host/path`);
  const secure = SCHEMES.get(url.protocol);
  if (secure === undefined) throw invalid(`the URL's scheme is ${url.protocol} and must be ws: or wss:`);
  // RFC 6455 3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used".
  if (url.href.includes("#")) {
    throw invalid(`the URL has the fragment "${url.hash}", which no WebSocket can have: write # as %23`);
  }
  const path = url.pathname + url.search;
  return {
    url: `${secure ? "wss" : "ws"}://${url.host}${path}`,
    secure,
    ...addressOf(url, secure),
    host: url.host,
    path,
    authorization: basicAuthorization(url),
  };
}

/** Where TCP leads for a URL of HTTP or of a WebSocket. */
export function addressOf({ hostname, port }: URL, secure: boolean): DialAddress {
  return {
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (secure ? 443 : 80) : Number(port),
  };
}

/**
 * RFC 7617 2: the credentials are base64 of `user-id:password`. Throws `INVALID_ARGUMENT` for what it can't say, with
 * `of` as whose it is.
 */
export function basicAuthorization({ username, password }: URL, of = "the URL"): string | undefined {
  if (username === "" && password === "") return undefined;
  const user = decode(username, of);
  if (user.includes(":")) throw invalid(`${of}'s user has a colon, which Basic authentication can't say`);
  return `Basic ${encodeBase64(encodeUtf8(`${user}:${decode(password, of)}`))}`;
}

function decode(text: string, of: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`${of}'s user or password is not percent-encoded UTF-8`);
  }
}

function show(text: string): string {
  return text.includes("@") ? "this" : JSON.stringify(text);
}

function invalid(message: string): WirehallError {
  return new WirehallError("INVALID_ARGUMENT", message);
}
