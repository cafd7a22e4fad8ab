export { WirehallError } from "../errors.ts";
export type {
  AnyContract,
  ArgsOf,
  Contract,
  Issue,
  NamesOf,
  PartOf,
  Place,
  PresenceOf,
  Refusal,
  ResultOf,
  Resumed,
} from "../subprotocol/mod.ts";
export type { ClientClock } from "./clock.ts";
export { connect } from "./connect.ts";
export type { WebSocketConstructor, WebSocketEvent, WebSocketLike } from "./link.ts";
export type { MembersChange } from "./members.ts";
export type { Network } from "./network.ts";
export type { ConnectOptions, Store } from "./options.ts";
export { type StringStorage, storeIn } from "./store.ts";
export type {
  Client,
  ClientEnd,
  ClientEventMap,
  ClientState,
  Delivery,
  GapNotice,
  Message,
  NamedMessage,
  PendingMessage,
  PlainMessage,
  Sending,
  SettledMessage,
  Status,
} from "./types.ts";
