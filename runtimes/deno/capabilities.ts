import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";
import { codecGaps } from "../node/capabilities.ts";

export const nativeGaps: Gaps = {
  fragmentLimit: "Deno's WebSocket counts no fragments",
  maskCheck: "Deno's WebSocket takes unmasked frames",
  ping: "Deno's WebSocket can neither send a ping nor tell of a pong",
  sizeBeforeMemory: "Deno's WebSocket takes messages of up to 64 MiB into memory before they can be refused",
  terminate: "Deno's WebSocket can't drop a connection without a close frame",
  violationClose:
    "Deno's WebSocket drops the connection without a close frame where the peer breaks the protocol",
};

export const capabilities: Readonly<Record<Transport, Gaps>> = { codec: codecGaps, native: nativeGaps };
