import { WirehallError } from "../errors.ts";

/** A named thing that a transport can or cannot do. */
export type CapabilityName =
  /** Tells how much output waits, and when it has left. */
  | "backpressure"
  /** Checks the codes of the peer's close frames. */
  | "closeCodeCheck"
  /** A close frame reaches the peer although its messages still come. */
  | "closeDelivery"
  /** Waits for the peer's answer to our close frame. */
  | "closeReply"
  /** Answers a ping between the fragments of a compressed message with its own payload. */
  | "compressedPing"
  /** Compresses messages by permessage-deflate. */
  | "compression"
  /** Compresses only where it was asked to. */
  | "compressionChoice"
  /** Heeds the threshold below which messages are sent as they are. */
  | "compressionThreshold"
  /** Compresses a message by what was said before it. */
  | "contextTakeover"
  /** Refuses control frames of more than 125 bytes. */
  | "controlSizeCheck"
  /** Refuses DEFLATE data that was cut off. */
  | "deflateCheck"
  /** Keeps what the peer sends before the 101. */
  | "earlyBytes"
  /** Refuses what is wrong before its frame is whole. */
  | "failFast"
  /** Reads DEFLATE data that goes on behind a final block. */
  | "finalBlocks"
  /** Bounds the fragments of a message. */
  | "fragmentLimit"
  /** Refuses lengths that are not written in their shortest form. */
  | "lengthCheck"
  /** Refuses unmasked frames. */
  | "maskCheck"
  /** Stops reading a connection whose handler is behind. */
  | "pause"
  /** Sends pings. */
  | "ping"
  /** Refuses RSV1 on control frames and on continuations. */
  | "reservedBitCheck"
  /** Refuses a message that is too long before it takes memory. */
  | "sizeBeforeMemory"
  /** Drops a connection without a close frame. */
  | "terminate"
  /** Has topics that reach the connections of the process. */
  | "topics"
  /** Lets a response have an `Upgrade` header. */
  | "upgradeHeader"
  /** Refuses text that is no UTF-8. */
  | "utf8Check"
  /** Accepts version 8, of Chrome 14 and Firefox 10. */
  | "version8"
  /** Sends a close frame where the peer breaks the protocol. */
  | "violationClose"
  /** Tells with which code it closed where the peer broke the protocol. */
  | "violationCode"
  /** Limits the window of its own compression. */
  | "windowLimit";

/** What a transport cannot do, each with the reason; what is not named here it can. */
export type Gaps = Readonly<Partial<Record<CapabilityName, string>>>;

/** The error for asking a transport for what it cannot do. */
export function missingCapability(name: CapabilityName, reason: string): WirehallError {
  return new WirehallError("CAPABILITY", `"${name}" is not available on this transport: ${reason}`);
}
