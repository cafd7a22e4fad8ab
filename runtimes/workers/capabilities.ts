import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";

export const nativeGaps: Gaps = {
  backpressure: "workerd tells neither how much output waits nor when it has left",
  earlyBytes: "workerd reads nothing of a connection before the upgrade is answered",
  fragmentLimit: "workerd counts no fragments",
  maskCheck: "workerd takes unmasked frames",
  ping: "workerd can neither send a ping nor tell of a pong",
  sizeBeforeMemory: "workerd takes messages of up to 32 MiB into memory before they can be refused",
  terminate: "workerd can't drop a connection without a close frame",
  topics: "a WebSocket belongs to its request on Workers: fan out through a room",
  utf8Check: "workerd does not check UTF-8, and replaces what is wrong",
  version8: "workerd refuses version 8 before the app sees it",
  violationClose: "workerd drops the connection without a close frame where the peer breaks the protocol",
};

export const capabilities: Readonly<Partial<Record<Transport, Gaps>>> = { native: nativeGaps };
