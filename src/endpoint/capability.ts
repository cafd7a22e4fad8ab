import { WirehallError } from "../errors.ts";

/** Everything that one transport can do and another can't, with what it is to have it: "the transport ...". */
export const capabilityMeanings = {
  backpressure: "tells how much output waits, and when it has left",
  closeCodeCheck: "checks the codes of the peer's close frames",
  closeDelivery: "a close frame reaches the peer although its messages still come",
  closeIsLast: "sends nothing after the close frame with which it answers a violation",
  closeReply: "waits for the peer's answer to our close frame",
  compressedPing: "answers a ping between the fragments of a compressed message with its own payload",
  compression: "compresses messages by permessage-deflate",
  compressionChoice: "compresses only where it was asked to",
  compressionThreshold: "heeds the threshold below which messages are sent as they are",
  connectionCounts: "counts the connections of its server, for limits on them and for metrics",
  contextTakeover: "compresses a message by what was said before it",
  controlSizeCheck: "refuses control frames of more than 125 bytes",
  deflateCheck: "refuses DEFLATE data that was cut off",
  earlyBytes: "keeps what the peer sends before the 101",
  everyPong: "answers each of several pings that come together",
  failFast: "refuses what is wrong before its frame is whole",
  finalBlocks: "reads DEFLATE data that goes on behind a final block",
  fragmentLimit: "bounds the fragments of a message",
  fragmentOrderCheck: "refuses a message that begins inside another",
  headerSyntax: "hands on header values as HTTP has them",
  handshakeTime: "drops a client that does not finish its request in the time that was set",
  keepalive: "pings a peer that is silent, and drops one that stays so",
  keepaliveBytes: "takes each byte of the peer's for a sign of life",
  lengthCheck: "refuses lengths that are not written in their shortest form",
  maskCheck: "refuses unmasked frames",
  memberExpiry: "closes a room's member when its time is over",
  newCloseCodes: "knows the close codes that were registered after RFC 6455",
  offerSyntax: "reads offers of permessage-deflate as RFC 7692 has them",
  pause: "stops reading a connection whose handler is behind",
  ping: "sends pings",
  pongBound: "keeps only the latest pong while output is backed up",
  requestLineCheck: "refuses what is no GET of HTTP/1.1 with an answer of its own",
  reservedBitCheck: "refuses RSV1 on control frames and on continuations",
  shutdown: "shuts the server down",
  sizeBeforeMemory: "refuses a message that is too long before it takes memory",
  terminate: "drops a connection without a close frame",
  topBitCheck: "refuses a length whose top bit is set as a breach of the protocol, not as too long",
  topics: "has topics that reach the connections of the process",
  upgradeHeader: "lets a response have an `Upgrade` header",
  utf8Check: "refuses text that is no UTF-8",
  utf8EndCheck: "refuses a fragmented text that ends inside a character",
  version8: "accepts version 8, of Chrome 14 and Firefox 10",
  violationClose: "sends a close frame where the peer breaks the protocol",
  violationCode: "tells with which code it closed where the peer broke the protocol",
  windowLimit: "limits the window of its own compression",
} as const;

/** A named thing that a transport can or cannot do. */
export type CapabilityName = keyof typeof capabilityMeanings;

/** What a transport cannot do, each with the reason; what is not named here it can. */
export type Gaps = Readonly<Partial<Record<CapabilityName, string>>>;

/** The error for asking a transport for what it cannot do. */
export function missingCapability(name: CapabilityName, reason: string): WirehallError {
  return new WirehallError("CAPABILITY", `"${name}" is not available on this transport: ${reason}`);
}
