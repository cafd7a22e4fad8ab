import { WirehallError } from "../errors.ts";
import { isKey } from "./accept.ts";
import { type Extension, readExtensions } from "./extension.ts";
import { type HeaderSource, hasToken, headerLine, isHost, readTokens } from "./headers.ts";

/** What a client asks for, its handshake being good. */
export interface UpgradeOffer {
  readonly ok: true;
  /** `Sec-WebSocket-Key`. */
  readonly key: string;
  /** 8 is the draft of Chrome 14 and Firefox 10: the same frames, another name for the origin. */
  readonly version: 13 | 8;
  /** The subprotocols offered, the client's favourite first. */
  readonly protocols: readonly string[];
  /** `Origin` (version 8: `Sec-WebSocket-Origin`), or null. */
  readonly origin: string | null;
  /** The extensions offered, the client's favourite first. */
  readonly extensions: readonly Extension[];
}

/** Why a handshake is refused, as the response to send. */
export interface UpgradeRefusal {
  readonly ok: false;
  readonly status: 400 | 405 | 426;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts of a request that a handshake is made of. */
export interface UpgradeRequest {
  readonly method: string;
  /** "1.1"; not checked where it is not known. */
  readonly httpVersion?: string;
  readonly headers: HeaderSource;
}

export interface UpgradeRequestOptions {
  /** Set where the runtime hides the `Connection` header, which is then not checked [false]. */
  connectionHidden?: boolean;
}

const VERSIONS = "13, 8";

/** Reads a client's opening handshake (RFC 6455 4.2.1). */
export function readUpgradeRequest(
  request: UpgradeRequest,
  options: UpgradeRequestOptions = {},
): UpgradeOffer | UpgradeRefusal {
  const { method, httpVersion, headers } = request;
  if (method !== "GET") return refuse(405, "a WebSocket handshake is a GET request", { Allow: "GET" });
  if (httpVersion !== undefined && Number(httpVersion) < 1.1) {
    return refuse(400, `a WebSocket handshake needs HTTP/1.1 or higher, not ${httpVersion}`);
  }
  if (!hasToken(headers.get("upgrade"), "websocket")) {
    return upgradeRequired("this is a WebSocket endpoint: the Upgrade header does not say websocket");
  }
  if (!options.connectionHidden && !hasToken(headers.get("connection"), "upgrade")) {
    return refuse(400, "the Connection header does not say Upgrade");
  }
  // 4.2.1: "A |Host| header field containing the server's authority."
  const host = headers.get("host");
  if (host === null) return refuse(400, "the Host header is missing");
  // RFC 9112 3.2: 400 "to any request message that contains more than one Host header field line or a Host header
  // field with an invalid field value."
  if (!isHost(host)) return refuse(400, "the Host header is not one host");
  const version = headers.get("sec-websocket-version");
  if (version !== "13" && version !== "8") {
    return upgradeRequired(
      `Sec-WebSocket-Version is ${version ?? "missing"}; this server speaks ${VERSIONS}`,
    );
  }
  // 4.2.1: the key is "a base64-encoded [...] value that, when decoded, is 16 bytes in length."
  const key = headers.get("sec-websocket-key");
  if (key === null) return refuse(400, "Sec-WebSocket-Key is missing");
  if (!isKey(key)) return refuse(400, "Sec-WebSocket-Key is not 16 bytes in base64, once");
  const offered = headers.get("sec-websocket-protocol");
  const protocols = offered === null ? [] : readTokens(offered);
  if ("problem" in protocols) {
    return refuse(400, `Sec-WebSocket-Protocol: ${protocols.problem} at index ${protocols.index}`);
  }
  const wished = headers.get("sec-websocket-extensions");
  const extensions = wished === null ? [] : readExtensions(wished);
  if ("problem" in extensions) {
    return refuse(400, `Sec-WebSocket-Extensions: ${extensions.problem} at index ${extensions.index}`);
  }
  return {
    ok: true,
    key,
    version: version === "13" ? 13 : 8,
    protocols,
    origin: headers.get(version === "13" ? "origin" : "sec-websocket-origin"),
    extensions,
  };
}

/** What a server's answer consists of. */
export interface UpgradeResponseParts {
  /** Of `acceptKey`. */
  accept: string;
  /** The subprotocols that the client offered. */
  offered: readonly string[];
  /** The subprotocol that the server chose of them; undefined or "" for none. */
  subprotocol?: string;
  /** The value of `Sec-WebSocket-Extensions`, such as of `acceptDeflate`; undefined for none. */
  extensions?: string;
  /** More headers. Those that the handshake decides, and those that a 101 can't have, are left out. */
  headers?: Iterable<readonly [name: string, value: string]>;
}

// RFC 9110 8.6 and RFC 9112 6.1: a 1xx response has neither Content-Length nor Transfer-Encoding.
const NOT_IN_SWITCHING: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The head of a 101 response, of Latin-1 characters (RFC 6455 4.2.2).
 *
 * Throws `INVALID_SUBPROTOCOL` for a subprotocol that was not offered, and `INVALID_HEADER` for a header that
 * can't be one, such as a value with a line break.
 */
export function encodeUpgradeResponse(parts: UpgradeResponseParts): string {
  const { accept, offered, subprotocol, extensions, headers = [] } = parts;
  // `Connection` is exactly "Upgrade": WebKit of Safari 6's time accepts nothing else.
  let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  head += headerLine("Sec-WebSocket-Accept", accept);
  if (subprotocol !== undefined && subprotocol !== "") {
    if (!offered.includes(subprotocol)) {
      throw new WirehallError(
        "INVALID_SUBPROTOCOL",
        `the client did not offer the subprotocol "${subprotocol}" but ${offered.join(", ") || "none"}`,
      );
    }
    head += headerLine("Sec-WebSocket-Protocol", subprotocol);
  }
  if (extensions !== undefined) head += headerLine("Sec-WebSocket-Extensions", extensions);
  for (const [name, value] of headers) {
    if (!NOT_IN_SWITCHING.has(name.toLowerCase())) head += headerLine(name, value);
  }
  return `${head}\r\n`;
}

function refuse(
  status: UpgradeRefusal["status"],
  message: string,
  headers: Readonly<Record<string, string>> = {},
): UpgradeRefusal {
  return { ok: false, status, message, headers };
}

// RFC 6455 4.2.2: the server "MUST abort the WebSocket handshake ... and instead send an appropriate HTTP
// error code (such as 426 Upgrade Required) and a |Sec-WebSocket-Version| header field indicating the
// version(s) the server is capable of understanding." RFC 9110 7.8: "A sender of Upgrade MUST also send an
// "Upgrade" connection option".
function upgradeRequired(message: string): UpgradeRefusal {
  return refuse(426, message, {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": VERSIONS,
  });
}
