import { WirehallError } from "../errors.ts";
import {
  decodeServerFrame,
  type ErrorFrame,
  encodeClientFrame,
  type Fault,
  fault,
  type Gap,
  type Live,
  type Payload,
  type Place,
  type Reply,
  type ServerFrame,
  type ServerMessage,
  type Welcome,
} from "../subprotocol/mod.ts";
import { MemberList, type MembersChange } from "./members.ts";
import { Outbox, type OutboxKeeper, type OutboxLimits, refused, type Settled } from "./outbox.ts";
import {
  encodeNumbered,
  type OutgoingCall,
  type OutgoingMessage,
  outgoingCall,
  outgoingMessage,
  type Settle,
} from "./outgoing.ts";

/** The server's, until it says another. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What a session tells. Its functions may call the session back. */
export interface SessionEvents {
  /** To the WebSocket that is open. */
  write(message: string | Uint8Array<ArrayBuffer>): void;
  welcome(welcome: Welcome): void;
  /** What was missed has been delivered. */
  live(): void;
  /** `place` is this message's in history, undefined for a volatile one. */
  message(message: ServerMessage, place: Place | undefined): void;
  gap(gap: Gap): void;
  members(change: MembersChange): void;
  error(error: ErrorFrame): void;
  readonly settled: Settled;
}

/** Where token and outbox are kept over reloads. */
export interface SessionKeeper extends OutboxKeeper {
  readonly session: string | undefined;
  readonly messages: readonly OutgoingMessage[];
  keepSession(token: string | undefined): void;
}

export interface SessionOptions extends OutboxLimits {
  readonly maxCalls: number;
  readonly last?: Place;
  readonly recent?: number;
  readonly presence?: boolean;
  readonly store?: SessionKeeper;
}

/**
 * The client's side of `wirehall.v1`, over all its connections: messages in, events and messages out; no I/O, no clock.
 *
 * Its states are those of docs/protocol.md.
 */
export class Session {
  readonly #events: SessionEvents;
  readonly #options: SessionOptions;
  readonly #outbox: Outbox;
  readonly #list = new MemberList();
  readonly #calls = new Map<number, OutgoingCall>();
  #state: "away" | "greeting" | "lost" | "replaying" | "live" = "away";
  #token: string | undefined;
  #place: Place | undefined;
  #maxMessageBytes = MAX_MESSAGE_BYTES;
  #nextId: number;
  #waitingCalls = 0;

  constructor(events: SessionEvents, options: SessionOptions) {
    this.#events = events;
    this.#options = options;
    this.#place = options.last;
    const { store } = options;
    this.#token = store?.session;
    this.#outbox = new Outbox(options, (message, error) => events.settled(message, error), store);
    this.#outbox.restore(store?.messages ?? []);
    this.#nextId = 1 + Math.max(0, ...this.#outbox.messages.map(({ id }) => id));
  }

  /** Up to where history was delivered. */
  get place(): Place | undefined {
    return this.#place;
  }

  /** Not settled, the oldest first. */
  get pending(): readonly OutgoingMessage[] {
    return this.#outbox.messages;
  }

  get members(): ReadonlyMap<string, unknown> {
    return this.#list.current;
  }

  /** A WebSocket is open that has agreed on the subprotocol. */
  opened(): void {
    this.#state = "greeting";
    const { recent, presence } = this.#options;
    this.#events.write(
      encodeClientFrame({
        type: "hello",
        session: this.#token,
        last: this.#place,
        recent: this.#place === undefined && recent ? recent : undefined,
        // What the server assumes is left out.
        presence: presence === false ? presence : undefined,
      }),
    );
  }

  /** It is gone. Messages stay for the next; a call that was sent may have been made or not. */
  lost(): void {
    this.#state = "away";
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { settle } of calls) {
      settle(
        new WirehallError("CALL_LOST", "the connection ended before the answer: the call may have been made"),
      );
    }
  }

  /** One WebSocket message. A fault is the server's: the connection is to be closed with it. */
  receive(data: string | Uint8Array): Fault | undefined {
    const frame = decodeServerFrame(data);
    if (frame.type === "fault") return frame;
    if (frame.type === "pong") return undefined;
    if (this.#state === "greeting") {
      return frame.type === "welcome" ? this.#welcome(frame) : fault("out-of-turn", "welcome comes first");
    }
    if (this.#state === "lost" && frame.type !== "gap") return fault("out-of-turn", "the gap comes next");
    return this.#frame(frame);
  }

  /** Sends a message, at the latest when the room is reached; throws `OUTBOX_FULL` or `INVALID_ARGUMENT`. */
  send(payload: Payload, settle?: Settle): number {
    const message = outgoingMessage(this.#nextId, payload, settle);
    this.#outbox.add(message);
    this.#nextId++;
    this.#pump();
    return message.id;
  }

  /** Sends a message now or never; false for never, as where the connection is not free. */
  sendVolatile(payload: Payload, isFree = true): boolean {
    const message = outgoingMessage(0, payload);
    if (!isFree || !this.#welcomed || message.bytes > this.#maxMessageBytes) return false;
    this.#events.write(message.json ?? encodeClientFrame({ type: "message", ...message.payload }));
    return true;
  }

  /** Takes a message back that was not sent. */
  discard(id: number): boolean {
    return this.#outbox.discard(id);
  }

  /** Throws `CALLS_FULL` or `INVALID_ARGUMENT`. */
  call(method: string, args: readonly unknown[], settle: Settle): number {
    const { maxCalls } = this.#options;
    if (this.#calls.size + this.#waitingCalls >= maxCalls) {
      throw new WirehallError("CALLS_FULL", `${maxCalls} calls wait for an answer, the limit`);
    }
    const call = outgoingCall(this.#nextId++, method, args, settle);
    this.#waitingCalls++;
    this.#outbox.addCall(call);
    this.#pump();
    return call.id;
  }

  /** Nobody waits for the answer any more. */
  dropCall(id: number): void {
    if (this.#calls.delete(id)) return;
    if (this.#outbox.dropCall(id)) this.#waitingCalls--;
  }

  /** The server closed with 1009. */
  tooBig(): void {
    this.#outbox.dropLongest();
  }

  /** The server closed with 4009: another has the session now. */
  taken(): void {
    this.#token = undefined;
    this.#options.store?.keepSession(undefined);
    this.#outbox.startAnew();
  }

  /** It is over: what waits fails. What is kept over reloads stays there. */
  end(error: WirehallError): void {
    this.lost();
    this.#outbox.fail(error);
  }

  get #welcomed(): boolean {
    return this.#state !== "away" && this.#state !== "greeting";
  }

  #welcome(welcome: Welcome): Fault | undefined {
    const { resumed, epoch, seq, acked } = welcome;
    const last = this.#place;
    if ((resumed === "fresh") !== (last === undefined)) {
      return fault("out-of-turn", "a client is fresh exactly where it had no place in history");
    }
    if (resumed === "resumed" && (epoch !== last?.epoch || seq !== last?.seq)) {
      return fault("out-of-turn", "a client is resumed at its place and nowhere else");
    }
    if (acked !== undefined && this.#token === undefined) {
      return fault("out-of-turn", "a session goes on only where the client has one");
    }
    this.#token = welcome.session;
    this.#options.store?.keepSession(welcome.session);
    this.#maxMessageBytes = welcome.maxMessageBytes;
    if (resumed !== "gap") this.#move(epoch, seq);
    // While this runs nothing new is sent, whatever those do who hear that a message is settled.
    if (acked === undefined) this.#outbox.startAnew();
    else for (const message of this.#outbox.goOn(acked, welcome.nacked ?? [])) this.#write(message);
    this.#state = resumed === "gap" ? "lost" : "replaying";
    this.#events.welcome(welcome);
    this.#pump();
    return undefined;
  }

  #frame(frame: Exclude<ServerFrame, { type: "pong" }>): Fault | undefined {
    switch (frame.type) {
      case "welcome":
        return fault("out-of-turn", "welcome comes once");
      case "live":
        return this.#live(frame);
      case "message":
        return this.#message(frame);
      case "gap":
        return this.#gap(frame);
      case "ack":
        if (!this.#outbox.ack(frame.clientSeq)) return fault("out-of-turn", "this message was never sent");
        this.#pump();
        return undefined;
      case "nack":
        this.#outbox.nack(frame);
        this.#pump();
        return undefined;
      case "reply":
        this.#reply(frame);
        return undefined;
      case "presence": {
        const change = this.#list.apply(frame);
        if (change === false) return fault("bad-field", "the list of members is too long");
        if (change !== undefined) this.#events.members(change);
        return undefined;
      }
      case "error":
        this.#events.error(frame);
    }
    return undefined;
  }

  #live({ seq }: Live): Fault | undefined {
    if (this.#state === "live") return fault("out-of-turn", "live comes once");
    if (seq !== undefined && !this.#reach(seq)) return noHistory();
    this.#state = "live";
    this.#events.live();
    return undefined;
  }

  #message(message: ServerMessage): Fault | undefined {
    const { seq } = message;
    const before = this.#place;
    if (seq !== undefined && !this.#reach(seq)) return noHistory();
    // What came before is dropped.
    if (seq === undefined) this.#events.message(message, undefined);
    else if (this.#place !== before) this.#events.message(message, this.#place);
    return undefined;
  }

  #gap(gap: Gap): undefined {
    this.#move(gap.epoch, gap.seq);
    if (this.#state === "lost") this.#state = "replaying";
    this.#events.gap(gap);
  }

  #move(epoch: string | undefined, seq: number | undefined): void {
    this.#place = epoch === undefined || seq === undefined ? undefined : { epoch, seq };
  }

  /** Goes on to a later place; false where there is no history to be in. */
  #reach(seq: number): boolean {
    if (this.#place === undefined) return false;
    if (seq > this.#place.seq) this.#place = { epoch: this.#place.epoch, seq };
    return true;
  }

  #reply({ id, result, error }: Reply): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.settle(error && refused(error), result);
  }

  #pump(): void {
    while (this.#welcomed) {
      const entry = this.#outbox.next(this.#maxMessageBytes);
      if (entry === undefined) return;
      if (entry.kind === "message") this.#write(entry);
      else {
        this.#waitingCalls--;
        this.#calls.set(entry.id, entry);
        this.#events.write(entry.frame);
      }
    }
  }

  #write(message: OutgoingMessage): void {
    this.#events.write(encodeNumbered(message));
  }
}

function noHistory(): Fault {
  return fault("out-of-turn", "a seq in a room without history");
}
