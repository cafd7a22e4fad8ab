import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Gate } from "../../src/endpoint/gate.ts";

/** What node:http says of a request that it could not read to its end, and what it would answer by itself. */
const STATUSES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** What is used of a socket of node:http, with what it keeps there while a request is being answered. */
interface ClientSocket extends Socket {
  readonly _httpMessage?: { readonly headersSent?: boolean } | null;
}

/** Refuses what never became a request, as node:http does by itself, so that it is counted. */
export function countUnread(server: Server, gate: Gate): void {
  const refused = new WeakSet<Socket>();
  server.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as ClientSocket;
    // A peer may go on sending after it was refused.
    const isFirst = !refused.has(socket);
    refused.add(socket);
    const answering = socket._httpMessage;
    // A request that is being answered had been read, but for its body.
    if (isFirst && !answering) count(gate, error, socket.remoteAddress);
    const status = STATUSES[error.code ?? ""] ?? (error.code?.startsWith("HPE_") && "400 Bad Request");
    if (!status || !isFirst || !socket.writable || answering?.headersSent) socket.destroy();
    else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
  });
}

function count(gate: Gate, { code, message }: NodeJS.ErrnoException, address: string | undefined): void {
  if (code === "HPE_HEADER_OVERFLOW") gate.refused("header-bytes", address);
  // Deno gives no code.
  const isLate = code === "ERR_HTTP_REQUEST_TIMEOUT" || message === "TLS handshake timeout";
  // Browsers connect ahead of time, and may then have nothing to ask: no matter for a warning.
  if (isLate) gate.refused("handshake-time", address, "info");
}

/** The bytes of target, names and values, as node:http counts them. */
export function headerBytes({ url = "", rawHeaders }: IncomingMessage): number {
  let bytes = url.length;
  for (const text of rawHeaders) bytes += text.length;
  return bytes;
}
