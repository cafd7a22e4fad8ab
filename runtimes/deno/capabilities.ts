import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";
import { codecGapsWithoutHistory } from "../node/capabilities.ts";

export const nativeGaps: Gaps = {
  closeDelivery: "Deno loses our close frame where a message comes just as it is asked to close",
  closeReply:
    "Deno drops a connection on which a message comes after our close frame, and does not wait for the answer",
  compression: "Deno has no permessage-deflate: the client's offer is declined",
  controlSizeCheck: "Deno takes pongs of more than 125 bytes, and answers close frames of more",
  failFast: "Deno looks at a message once it is whole",
  fragmentLimit: "Deno counts no fragments",
  fragmentOrderCheck: "Deno takes the first fragment of another message for the next of this one",
  lengthCheck: "Deno takes lengths that are not written in their shortest form",
  handshakeTime: "Deno waits without end for the request of a client that has connected",
  keepaliveBytes: "Deno looks for messages and pongs, once they are whole",
  maskCheck: "Deno takes unmasked frames",
  newCloseCodes: "Deno refuses 1014",
  pause: "Deno reads on while a handler is behind: its connection is closed with 1013",
  ping: "Deno can neither send a ping nor tell of a pong",
  pongBound: "Deno answers every ping",
  requestLineCheck: "Deno upgrades HTTP/1.0, and takes the method get for GET",
  sizeBeforeMemory: "Deno takes messages of up to 64 MiB into memory before they can be refused",
  terminate: "Deno can't drop a connection without a close frame",
  utf8EndCheck: "Deno drops a character that is cut off by the end of a fragmented text",
  violationClose: "Deno drops the connection without a close frame where the peer breaks the protocol",
  violationCode: "Deno does not tell why it dropped a connection",
};

export const capabilities: Readonly<Record<Transport, Gaps>> = {
  codec: codecGapsWithoutHistory,
  native: nativeGaps,
};
