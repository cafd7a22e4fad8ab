import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";
import { codecGaps } from "../node/capabilities.ts";

export const nativeGaps: Gaps = {
  closeReply: "Bun's WebSocket ends the stream with its own close frame, and does not wait for the peer's",
  earlyBytes: "Bun aborts a request when bytes follow it before it is answered",
  fragmentLimit: "Bun counts no fragments",
  version8: "Bun upgrades version 13 alone",
};

export const capabilities: Readonly<Record<Transport, Gaps>> = { codec: codecGaps, native: nativeGaps };
