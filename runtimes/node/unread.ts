import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Gate } from "../../src/endpoint/gate.ts";
import type { RefusalReason } from "../../src/endpoint/refusal.ts";

interface Unread {
  /** Undefined for what is no matter of a limit. */
  readonly reason?: RefusalReason;
  readonly status: string;
}

/** What node:http says of a request that it could not read to its end, and what it would answer by itself. */
const UNREAD: Readonly<Record<string, Unread>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { reason: "handshake-time", status: "408 Request Timeout" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: "413 Payload Too Large" },
  HPE_HEADER_OVERFLOW: { reason: "header-bytes", status: "431 Request Header Fields Too Large" },
};

/** Browsers connect ahead of time, and may then have nothing to ask. */
const LEVELS: Readonly<Partial<Record<RefusalReason, "info">>> = { "handshake-time": "info" };

const BAD_REQUEST: Unread = { status: "400 Bad Request" };

/** What node:http keeps at a socket while a request is being answered. */
interface Answering {
  readonly _httpMessage?: { readonly headersSent?: boolean } | null;
}

/** Refuses what never became a request, as node:http does by itself, so that it is counted. */
export function countUnread(server: Server, gate: Gate): void {
  const refused = new WeakSet<Socket>();
  server.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket & Answering;
    const { reason, status } = UNREAD[error.code ?? ""] ?? BAD_REQUEST;
    const answering = socket._httpMessage;
    // A request whose body is late is no handshake, and a peer may go on sending after it was refused.
    if (reason !== undefined && !answering && !refused.has(socket))
      gate.refused(reason, socket.remoteAddress, LEVELS[reason]);
    if (!socket.writable || answering?.headersSent || refused.has(socket)) socket.destroy();
    else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    refused.add(socket);
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ERR_TLS_HANDSHAKE_TIMEOUT")
      gate.refused("handshake-time", socket.remoteAddress, "info");
  });
}

/** The bytes of target, names and values, as node:http counts them. */
export function headerBytes({ url = "", rawHeaders }: IncomingMessage): number {
  let bytes = url.length;
  for (const text of rawHeaders) bytes += text.length;
  return bytes;
}
