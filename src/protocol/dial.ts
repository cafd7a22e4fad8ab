import { WirehallError } from "../errors.ts";
import { isKey } from "./accept.ts";
import { type DeflateAgreement, type DeflateTerms, offerDeflate, readDeflateAnswer } from "./deflate.ts";
import { readExtensions } from "./extension.ts";
import { type HeaderSource, hasToken, headerLine, isToken } from "./headers.ts";

/** What a client's opening handshake consists of. */
export interface UpgradeRequestParts {
  /** Path and query, beginning with "/". */
  target: string;
  /** Host, and port unless it is the scheme's. */
  host: string;
  /** Of `newKey`. */
  key: string;
  /** The subprotocols to offer, the favourite first. */
  protocols?: readonly string[];
  /** Offers permessage-deflate. */
  deflate?: DeflateTerms;
  origin?: string;
  /** More headers, none of them the handshake's own. */
  headers?: Iterable<readonly [name: string, value: string]>;
}

const HANDSHAKE_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "host",
  "origin",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The head of a client's request, of Latin-1 characters (RFC 6455 4.1).
 *
 * Throws `INVALID_SUBPROTOCOL` for subprotocols that are not unique tokens, and `INVALID_HEADER` for a
 * target, host, key or header that can't be sent.
 */
export function encodeUpgradeRequest(parts: UpgradeRequestParts): string {
  const { target, host, key, protocols = [], deflate, origin, headers = [] } = parts;
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(target)) {
    throw new WirehallError(
      "INVALID_HEADER",
      `the request target ${JSON.stringify(target)} is not a path and query`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(host))
    throw new WirehallError("INVALID_HEADER", `the host ${JSON.stringify(host)} is bad`);
  if (!isKey(key)) throw new WirehallError("INVALID_HEADER", "the key is not 16 bytes in base64");
  checkProtocols(protocols);
  let head = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;
  head += `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n`;
  if (protocols.length > 0) head += headerLine("Sec-WebSocket-Protocol", protocols.join(", "));
  if (deflate !== undefined) head += headerLine("Sec-WebSocket-Extensions", offerDeflate(deflate));
  if (origin !== undefined) head += headerLine("Origin", origin);
  for (const [name, value] of headers) {
    if (HANDSHAKE_HEADERS.has(name.toLowerCase())) {
      throw new WirehallError("INVALID_HEADER", `the header ${name} belongs to the handshake`);
    }
    head += headerLine(name, value);
  }
  return `${head}\r\n`;
}

/** What the client asked for, to hold the server's answer against. */
export interface UpgradeExpectation {
  /** What `acceptKey` makes of the key that was sent. */
  accept: string;
  /** The subprotocols that were offered. */
  protocols?: readonly string[];
  /** The terms by which permessage-deflate was offered. */
  deflate?: DeflateTerms;
}

/** The connection is established; `subprotocol` is "" where the server chose none. */
export interface UpgradeAcceptance {
  readonly ok: true;
  readonly subprotocol: string;
  /** What was agreed, where the server takes permessage-deflate. */
  readonly deflate: DeflateAgreement | undefined;
}

/** The connection is not established, with the reason. */
export interface UpgradeRejection {
  readonly ok: false;
  /** The response's status; with 101 the fault is the server's. */
  readonly status: number;
  readonly message: string;
}

/** Reads a server's answer to a client's opening handshake (RFC 6455 4.1). */
export function readUpgradeResponse(
  head: { readonly status: number; readonly headers: HeaderSource },
  expected: UpgradeExpectation,
): UpgradeAcceptance | UpgradeRejection {
  const { status, headers } = head;
  const reject = (message: string): UpgradeRejection => ({ ok: false, status, message });
  if (status !== 101) return reject(`the server answered ${status}, not 101`);
  // 4.1: each of these MUST make the client "_Fail the WebSocket Connection_".
  // 4.1: a value "that is not an ASCII case-insensitive match for the value "websocket"" fails: no list that has it.
  if (headers.get("upgrade")?.toLowerCase() !== "websocket")
    return reject("the Upgrade header does not say websocket");
  if (!hasToken(headers.get("connection"), "upgrade"))
    return reject("the Connection header does not say Upgrade");
  const accept = headers.get("sec-websocket-accept");
  if (accept === null) return reject("Sec-WebSocket-Accept is missing");
  if (accept !== expected.accept) return reject("Sec-WebSocket-Accept does not answer the key that was sent");
  const deflate = readExtensionAnswer(headers.get("sec-websocket-extensions"), expected.deflate);
  if (deflate !== undefined && "problem" in deflate) return reject(deflate.problem);
  const subprotocol = headers.get("sec-websocket-protocol");
  if (subprotocol !== null && !expected.protocols?.includes(subprotocol)) {
    return reject(`the server chose the subprotocol "${subprotocol}", which was not offered`);
  }
  return { ok: true, subprotocol: subprotocol ?? "", deflate };
}

function readExtensionAnswer(
  value: string | null,
  terms: DeflateTerms | undefined,
): DeflateAgreement | { readonly problem: string } | undefined {
  if (value === null) return undefined;
  const extensions = readExtensions(value);
  if ("problem" in extensions) {
    return { problem: `Sec-WebSocket-Extensions: ${extensions.problem} at index ${extensions.index}` };
  }
  if (terms === undefined) return { problem: `the server uses extensions that were not offered: ${value}` };
  return readDeflateAnswer(extensions, terms);
}

/** RFC 6455 4.1: the elements "MUST all be unique strings" of token characters. An error repeats none: it may be secret. */
function checkProtocols(protocols: readonly string[]): void {
  protocols.forEach((protocol, index) => {
    if (!isToken(protocol)) {
      throw new WirehallError("INVALID_SUBPROTOCOL", `the subprotocol at index ${index} is not a token`);
    }
    if (protocols.indexOf(protocol) !== index) {
      throw new WirehallError("INVALID_SUBPROTOCOL", `the subprotocol at index ${index} is offered twice`);
    }
  });
}
