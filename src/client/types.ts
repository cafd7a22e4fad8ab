import type { WirehallError } from "../errors.ts";
import type {
  AnyContract,
  ArgsOf,
  Contract,
  NamesOf,
  PartOf,
  Place,
  PresenceOf,
  ResultOf,
  Resumed,
} from "../subprotocol/mod.ts";
import type { MembersChange } from "./members.ts";

/**
 * How a client is: `connecting` for the first time, `open`, `resuming` when it comes back, `offline` when it is not open
 * and the platform knows of no network, `closed` for ever.
 */
export type ClientState = "connecting" | "open" | "resuming" | "offline" | "closed";

/** How a client is, as a page may show it; replaced at each change, and never changed itself. */
export interface Status {
  readonly state: ClientState;
  /** When the next attempt begins, in milliseconds since 1970; undefined while one is under way, or none will be. */
  readonly retryAt: number | undefined;
  /** Attempts and short connections that failed in a row. */
  readonly failures: number;
  /** Why the latest attempt or connection ended, until the next is open. */
  readonly error: WirehallError | undefined;
}

/** A message without a name: text or bytes. */
export interface PlainMessage {
  readonly type: "message";
  readonly name: undefined;
  readonly data: string | Uint8Array;
  /** In history; undefined for a message that is volatile. */
  readonly place: Place | undefined;
  readonly key: string | undefined;
}

/** A message that the contract names. */
export interface NamedMessage<Name, Data> {
  readonly type: "message";
  readonly name: Name;
  readonly data: Data;
  readonly place: Place | undefined;
  readonly key: string | undefined;
}

/** What the room sent. */
export type Message<C extends Contract = AnyContract> =
  | PlainMessage
  | { [Name in NamesOf<C, "events">]: NamedMessage<Name, PartOf<C, "events">[Name]> }[NamesOf<C, "events">];

/** Messages of history are lost; `data` is the room's snapshot, if it gave one. */
export interface GapNotice {
  readonly type: "gap";
  readonly place: Place | undefined;
  readonly name: string | undefined;
  readonly data: unknown;
}

/** What a loop over a client gets, from its beginning on. */
export type Delivery<C extends Contract = AnyContract> = Message<C> | GapNotice;

/** A message of this client that is not settled. */
export interface PendingMessage {
  readonly id: number;
  readonly name: string | undefined;
  readonly data: unknown;
  /** It was sent, and can't be taken back. */
  readonly isSent: boolean;
}

/** What became of a message: without an error it is applied and committed. */
export interface SettledMessage extends PendingMessage {
  readonly error: WirehallError | undefined;
}

/** How a client ended. */
export interface ClientEnd {
  /** Undefined after `close()`. */
  readonly error: WirehallError | undefined;
}

/** A promise that may be left alone: a rejection that nobody looks at is not reported. */
export interface Sending extends Promise<void> {
  /** Of the message in `outbox`; 0 where it was not taken. */
  readonly id: number;
}

/** What a client tells, by name. */
export interface ClientEventMap<C extends Contract = AnyContract> {
  /** The new status. */
  readonly status: Status;
  readonly message: Message<C>;
  readonly gap: GapNotice;
  /** Who came, who left, whose state is new; `client.members` has it already. */
  readonly members: MembersChange;
  /** A message of this client was applied, refused or given up, also one that an earlier page sent. */
  readonly settled: SettledMessage;
  /** The room refused a volatile message. */
  readonly error: WirehallError;
}

/** A member of a room, over all its connections. */
export interface Client<C extends Contract = AnyContract> extends AsyncIterable<Delivery<C>, undefined> {
  readonly status: Status;
  /** How the latest connection began: with nothing to resume, resumed, or with a gap; undefined before the first. */
  readonly resumed: Resumed | undefined;
  /** This member's id, once there was a welcome. */
  readonly memberId: string | undefined;
  /** Who is in the room, with their public state; replaced at each change. */
  readonly members: ReadonlyMap<string, PresenceOf<C>>;
  /** What is not settled, the oldest first. */
  readonly outbox: readonly PendingMessage[];
  /** Up to where history was delivered: an app that keeps what it got keeps this with it, for `last`. */
  readonly place: Place | undefined;
  /** Resolves with how it ended, and never rejects. */
  readonly closed: Promise<ClientEnd>;
  /**
   * Sends text, bytes, or a message of the contract: now, or as soon as the room is reached.
   *
   * Resolves when the room has applied it and that is committed. Rejects when the room refused it, with the room's code;
   * with `OUTBOX_FULL`, `MESSAGE_TOO_LARGE` or `INVALID_ARGUMENT`; with `SESSION_LOST` where it may have been applied
   * or not; with `DISCARDED`; and with `CLIENT_CLOSED`, or why the client ended.
   */
  send(data: string | Uint8Array): Sending;
  send<Name extends NamesOf<C, "messages">>(name: Name, data: PartOf<C, "messages">[Name]): Sending;
  /** Sends at most once: false where it can't be sent right now. What the room refuses becomes an `error`. */
  sendVolatile(data: string | Uint8Array): boolean;
  sendVolatile<Name extends NamesOf<C, "messages">>(name: Name, data: PartOf<C, "messages">[Name]): boolean;
  /** Takes a message back that was not sent; false where it was. */
  discard(id: number): boolean;
  /**
   * Calls the room, at most once. Rejects with the room's code; with `CALL_LOST` where the connection ended, and
   * `CALL_TIMEOUT`: then it may have been made or not; with `CALLS_FULL`, `INVALID_ARGUMENT`, `CLIENT_CLOSED`.
   */
  call<Name extends NamesOf<C, "calls">>(name: Name, ...args: ArgsOf<C, Name>): Promise<ResultOf<C, Name>>;
  /** Listens; the result stops it. */
  on<Type extends keyof ClientEventMap<C>>(
    type: Type,
    listener: (event: ClientEventMap<C>[Type]) => void,
  ): () => void;
  /** Listens to the messages of one name; the result stops it. */
  onEvent<Name extends NamesOf<C, "events">>(
    name: Name,
    listener: (
      data: PartOf<C, "events">[Name],
      message: NamedMessage<Name, PartOf<C, "events">[Name]>,
    ) => void,
  ): () => void;
  /**
   * Tries now rather than when the wait is over, unless the server asked for that wait; where it is open, looks whether
   * that is true.
   */
  reconnect(): void;
  /** Ends it. What is not settled fails, and stays in the store if there is one. */
  close(): void;
}
