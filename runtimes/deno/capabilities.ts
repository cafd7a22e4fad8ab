import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";
import { codecGapsWithoutHistory } from "../node/capabilities.ts";

export const nativeGaps: Gaps = {
  closeDelivery: "Deno loses our close frame where a message comes just as it is asked to close",
  closeReply:
    "Deno drops a connection on which a message comes after our close frame, and does not wait for the answer",
  compression: "Deno has no permessage-deflate: the client's offer is declined",
  failFast: "Deno looks at a message once it is whole",
  fragmentLimit: "Deno counts no fragments",
  handshakeTime: "Deno waits without end for the request of a client that has connected",
  keepaliveBytes: "Deno looks for messages and pongs, once they are whole",
  maskCheck: "Deno takes unmasked frames",
  pause: "Deno reads on while a handler is behind: its connection is closed with 1013",
  ping: "Deno can neither send a ping nor tell of a pong",
  pongBound: "Deno answers every ping",
  sizeBeforeMemory: "Deno takes messages of up to 64 MiB into memory before they can be refused",
  terminate: "Deno can't drop a connection without a close frame",
  violationClose: "Deno drops the connection without a close frame where the peer breaks the protocol",
  violationCode: "Deno does not tell why it dropped a connection",
};

export const capabilities: Readonly<Record<Transport, Gaps>> = {
  codec: codecGapsWithoutHistory,
  native: nativeGaps,
};
