/** Why something was refused or cut off: the name under which it is counted, and what it stands for. */
export const refusalMeanings = {
  address: "its address has as many connections as it may",
  app: "the app, or the handler's `upgrade`, answered with a response of its own",
  "bad-handshake": "it is no WebSocket handshake (RFC 6455, 4.2.1)",
  connections: "the server has as many connections as it may",
  "early-bytes": "it sent too much before its handshake was answered",
  fragments: "a message had too many fragments",
  host: "the endpoint does not answer to the host that was asked for",
  "handshake-time": "the handshake took too long",
  handshakes: "as many handshakes are in flight as may be",
  "header-bytes": "its headers are too long",
  "message-bytes": "a message was too long",
  "message-rate": "it sent messages, or their bytes, faster than it may",
  origin: "its web origin may not connect",
  "queue-full": "too much waited for the handler where reading can't pause",
  "room-busy": "too many events wait for its room",
  shutdown: "the server is being shut down",
  "slow-consumer": "too much waited for it to be read",
  subprotocol: "it has no subprotocol in common with the endpoint",
  threw: "the app, or the handler's `upgrade`, threw",
} as const;

/** Why a handshake was refused, or a connection was cut off by a limit. */
export type RefusalReason = keyof typeof refusalMeanings;

/** When a client that found no place may come again: handshakes end sooner than connections [s]. */
const RETRY_AFTER_SECONDS: Readonly<Partial<Record<RefusalReason, number>>> = {
  address: 10,
  connections: 10,
};

/** What a client is answered whom a limit of the server keeps out. */
export function limitResponse(reason: RefusalReason): Response {
  if (reason === "header-bytes") return new Response("Request Header Fields Too Large\n", { status: 431 });
  const retryAfter = String(RETRY_AFTER_SECONDS[reason] ?? 1);
  return new Response("Service Unavailable\n", { status: 503, headers: { "retry-after": retryAfter } });
}
