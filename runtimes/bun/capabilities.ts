import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";
import { codecGaps } from "../node/capabilities.ts";

export const nativeGaps: Gaps = {
  closeReply: "Bun ends the stream with its own close frame, and does not wait for the peer's",
  contextTakeover: "Bun has it for all connections of a server or for none",
  deflateCheck: "Bun takes a compressed message that was cut off",
  earlyBytes: "Bun aborts a request when bytes follow it before it is answered",
  failFast: "Bun looks at a frame once it is whole, and at UTF-8 once the message is",
  finalBlocks: "Bun drops what comes behind a final block of DEFLATE data",
  fragmentLimit: "Bun counts no fragments",
  handshakeTime:
    "Bun drops a client that has not sent its request after 12 seconds, without an answer, and tells nobody",
  keepaliveBytes: "Bun tells of messages, pings and pongs once they are whole",
  lengthCheck: "Bun takes lengths that are not written in their shortest form",
  pongBound: "Bun answers no ping at all while output is backed up",
  requestLineCheck: "Bun upgrades HTTP/1.0, and drops a request of an unknown method without an answer",
  sizeBeforeMemory:
    "Bun takes messages of up to 16 MiB into memory before an endpoint's own limit can refuse them",
  topBitCheck: "Bun closes with 1009, as for any frame that is too long",
  version8: "Bun upgrades version 13 alone",
  windowLimit: "Bun's own window has 15 bits: it takes no offer of permessage-deflate that asks for fewer",
};

export const capabilities: Readonly<Record<Transport, Gaps>> = { codec: codecGaps, native: nativeGaps };
