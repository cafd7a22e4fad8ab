import type { RefusalReason } from "./refusal.ts";

/** A bound on what peers can make the process hold or do. */
export interface Limit {
  readonly unit:
    | "bytes"
    | "characters"
    | "connections"
    | "events"
    | "fragments"
    | "handshakes"
    | "messages"
    | "ms"
    | "rate";
  /** The default; undefined where it is off until it is set. */
  readonly value: number | undefined;
  /** Where it is set: an option of endpoints and `rooms`, one of `limits` of `serve` and `attach`, or nowhere. */
  readonly set: "endpoint" | "server" | "fixed";
  /** What happens above it. */
  readonly above: string;
  /** The reason under which that is counted. */
  readonly refusal?: RefusalReason;
  /** Why the default is what it is. */
  readonly why: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The names of what `limits` of `serve` and `attach` takes. */
export type ServerLimitName =
  | "handshakeTimeoutMs"
  | "maxConnections"
  | "maxConnectionsPerAddress"
  | "maxHandshakes"
  | "maxHeaderBytes"
  | "maxTotalBufferedBytes";

export type EndpointLimitName =
  | "closeTimeoutMs"
  | "highWaterMarkBytes"
  | "maxBufferedBytes"
  | "maxFragments"
  | "maxMessageBytes"
  | "maxQueuedBytes"
  | "maxQueuedMessages"
  | "messageRate"
  | "pingIntervalMs";

export type FixedLimitName =
  | "lingerTimeoutMs"
  | "maxEarlyBytes"
  | "maxMemberBacklogBytes"
  | "maxPingBytes"
  | "maxRoomBacklogBytes"
  | "maxRoomEvents"
  | "maxRoomNameLength"
  | "maxStateBytes"
  | "maxTurnBytes"
  | "maxUnpausedMessages";

export type LimitName = ServerLimitName | EndpointLimitName | FixedLimitName;

/** Every limit of servers, endpoints and rooms; docs/limits.md is drawn from it. */
export const limits: Readonly<Record<LimitName, Limit>> = {
  maxConnections: {
    unit: "connections",
    value: 100_000,
    set: "server",
    above: "503 with `Retry-After`",
    refusal: "connections",
    why: "more than one process serves well, and fewer than the descriptors that a server's process may have",
  },
  maxHandshakes: {
    unit: "handshakes",
    value: 4_096,
    set: "server",
    above: "503 with `Retry-After`",
    refusal: "handshakes",
    why: "with what each may hold by then, its headers and early bytes, it comes to 128 MiB; an `upgrade` that takes 100 ms still lets in 40,000 a second",
  },
  handshakeTimeoutMs: {
    unit: "ms",
    value: 10_000,
    set: "server",
    above:
      "a request that is late: 408; an app whose answer is late: 503 with `Retry-After`; a refusal that is not read: dropped",
    refusal: "handshake-time",
    why: "a slow phone on a bad network needs seconds; who needs more holds a place that others want",
  },
  maxHeaderBytes: {
    unit: "bytes",
    value: 16 * KIB,
    set: "server",
    above: "431",
    refusal: "header-bytes",
    why: "what Node and Bun take by themselves; cookies of all kinds fit",
  },
  maxConnectionsPerAddress: {
    unit: "connections",
    value: undefined,
    set: "server",
    above: "503 with `Retry-After`",
    refusal: "address",
    why: "off: a proxy, or a carrier's NAT, puts thousands behind one address. An IPv6 client is counted by its /64, which is one household's",
  },

  maxTotalBufferedBytes: {
    unit: "bytes",
    value: 256 * MIB,
    set: "server",
    above:
      "the connections with the most are dealt with by their `slowConsumer`; those that are closing are dropped",
    refusal: "slow-consumer",
    why: "as many connections as 64 may be at their own limit at once; half of what a small container has",
  },

  maxMessageBytes: {
    unit: "bytes",
    value: MIB,
    set: "endpoint",
    above: "1009, after decompression",
    refusal: "message-bytes",
    why: "a large JSON document fits, and a thousand peers that send one each at the same time fit into memory",
  },
  maxFragments: {
    unit: "fragments",
    value: 131_072,
    set: "endpoint",
    above: "1008",
    refusal: "fragments",
    why: "1 MiB in pieces of 8 bytes; frames without payload cost work and would never reach a limit on bytes",
  },
  messageRate: {
    unit: "rate",
    value: undefined,
    set: "endpoint",
    above: "1008",
    refusal: "message-rate",
    why: "off: only the app knows how fast its clients have reason to be",
  },
  highWaterMarkBytes: {
    unit: "bytes",
    value: 64 * KIB,
    set: "endpoint",
    above: "`send` returns false, and `drain` follows",
    why: "what a connection of 50 Mbit/s sends in 10 ms: the network stays busy, and memory small",
  },
  maxBufferedBytes: {
    unit: "bytes",
    value: 4 * MIB,
    set: "endpoint",
    above: "`slowConsumer` decides: 1013, or what does not fit is dropped, or the newest of each key is kept",
    refusal: "slow-consumer",
    why: "four messages of full size; a peer that is further behind does not catch up",
  },
  pingIntervalMs: {
    unit: "ms",
    value: 25_000,
    set: "endpoint",
    above: "a peer of which nothing came is pinged; after as long again it is dropped, and `close` sees 1006",
    why: "below the 30 s and more after which proxies cut what is silent",
  },
  maxQueuedMessages: {
    unit: "messages",
    value: 128,
    set: "endpoint",
    above: "reading pauses, so that TCP holds the peer back",
    why: "enough to keep an asynchronous handler busy",
  },
  maxQueuedBytes: {
    unit: "bytes",
    value: 64 * KIB,
    set: "endpoint",
    above: "reading pauses, so that TCP holds the peer back",
    why: "one read of the network; a single message may be longer",
  },
  closeTimeoutMs: {
    unit: "ms",
    value: 5_000,
    set: "endpoint",
    above: "the connection is dropped, and `close` sees our code with `wasClean` false",
    why: "a peer that is there answers within a round trip, however bad its network",
  },

  maxUnpausedMessages: {
    unit: "messages",
    value: 1_024,
    set: "fixed",
    above: "1013, where reading can't pause; so it is above four times `maxMessageBytes`",
    refusal: "queue-full",
    why: "more than waits elsewhere, since above it the connection is lost",
  },
  maxEarlyBytes: {
    unit: "bytes",
    value: 16 * KIB,
    set: "fixed",
    above: "400",
    refusal: "early-bytes",
    why: "a peer must not send before it has our 101 (RFC 6455, 4.1), but clients that know the answer do",
  },
  lingerTimeoutMs: {
    unit: "ms",
    value: 5_000,
    set: "fixed",
    above: "the stream is dropped, when we have ended our side of it and the peer leaves its own open",
    why: "as long as for the answer to a close frame",
  },
  maxPingBytes: {
    unit: "bytes",
    value: 125,
    set: "fixed",
    above: "ours throws `INVALID_ARGUMENT`; a peer's is 1002",
    why: "RFC 6455, 5.5",
  },
  maxRoomEvents: {
    unit: "events",
    value: 1_024,
    set: "fixed",
    above: "503 with `Retry-After`; a member's messages wait by `maxQueuedMessages`, and its end always",
    refusal: "room-busy",
    why: "a room that is so far behind answers nobody in time",
  },
  maxMemberBacklogBytes: {
    unit: "bytes",
    value: 4 * MIB,
    set: "fixed",
    above: "1013, in a Durable Object that is behind; so it is above `maxUnpausedMessages`",
    why: "four messages of full size, as elsewhere where reading can't pause",
  },
  maxRoomBacklogBytes: {
    unit: "bytes",
    value: 32 * MIB,
    set: "fixed",
    above: "1013 for the member whose message it is, in a Durable Object that is behind",
    why: "a quarter of the memory that Cloudflare gives an object",
  },
  maxTurnBytes: {
    unit: "bytes",
    value: 8 * MIB,
    set: "fixed",
    above: "`TURN_TOO_LARGE`: the turn fails, and nothing of it happens",
    why: "what one turn sends is held until it commits",
  },
  maxStateBytes: {
    unit: "bytes",
    value: 8 * KIB,
    set: "fixed",
    above: "`INVALID_STATE`",
    why: "it fits into a WebSocket's attachment on Workers, of 16,384 bytes",
  },
  maxRoomNameLength: {
    unit: "characters",
    value: 512,
    set: "fixed",
    above: "400",
    why: "names come from clients, and each is kept",
  },
};

/** A limit's default; Infinity where it is off. */
export function defaultOf(name: LimitName): number {
  return limits[name].value ?? Number.POSITIVE_INFINITY;
}
