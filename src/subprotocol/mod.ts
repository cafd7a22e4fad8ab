export { decodeClientFrame } from "./client-frames.ts";
export type { AnyContract, ArgsOf, Contract, NamesOf, PartOf, PresenceOf, ResultOf } from "./contract.ts";
export { encodeClientFrame, encodeServerFrame } from "./encode.ts";
export type { Fault, FaultKind } from "./fault.ts";
export { fault } from "./fault.ts";
export type {
  Ack,
  Call,
  ClientFrame,
  ClientMessage,
  ErrorFrame,
  Gap,
  Hello,
  Here,
  Issue,
  Live,
  Nack,
  Nacked,
  Payload,
  Ping,
  Place,
  Pong,
  Presence,
  Refusal,
  Reply,
  Resumed,
  ServerFrame,
  ServerMessage,
  Welcome,
} from "./frames.ts";
export {
  BROKEN,
  FORBIDDEN,
  HELLO_TIMEOUT,
  MAX_UNSETTLED,
  PING,
  PONG,
  SESSION_TAKEN,
  SUBPROTOCOL,
  UNAUTHORIZED,
} from "./names.ts";
export { readRetry, retryReason } from "./retry.ts";
export { decodeServerFrame } from "./server-frames.ts";
