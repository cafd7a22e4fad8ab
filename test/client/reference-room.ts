import {
  type Call,
  type ClientMessage,
  decodeClientFrame,
  encodeServerFrame,
  type Hello,
  MAX_UNSETTLED,
  type Nacked,
  type Payload,
  type Refusal,
  SESSION_TAKEN,
  type ServerFrame,
} from "../../src/subprotocol/mod.ts";

/** Where frames for a client go. */
export interface Peer {
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

export interface ReferenceOptions {
  /** How many messages history keeps; undefined for a room without history [3]. */
  readonly maxHistory?: number;
  readonly keepaliveMs?: number;
  readonly maxMessageBytes?: number;
  /** Acknowledge so many messages at once [1]; with more, the last stay without an answer. */
  readonly ackEvery?: number;
}

interface Entry extends Payload {
  readonly seq: number;
  readonly except: ServerSession | undefined;
}

interface ServerSession {
  readonly id: string;
  last: number;
  nacked: Nacked[];
  connection: ReferenceConnection | undefined;
}

/**
 * The server's side of `wirehall.v1`, in memory and as simple as can be: a second implementation, to check the page
 * and the client. It is the room of the page's dialogues.
 */
export class ReferenceRoom {
  readonly options: Required<Omit<ReferenceOptions, "maxHistory">> & {
    readonly maxHistory: number | undefined;
  };
  /** Everything that was applied, and that history ever had. */
  readonly applied: Payload[] = [];
  readonly log: (Entry & { readonly epoch: string })[] = [];
  epoch = "epoch";
  seq = 0;
  readonly connections = new Set<ReferenceConnection>();
  #history: Entry[] = [];
  #sessions = new Map<string, ServerSession>();
  #made = 0;

  constructor(options: ReferenceOptions = {}) {
    this.options = {
      keepaliveMs: 25_000,
      maxMessageBytes: 1024 * 1024,
      ackEvery: 1,
      maxHistory: 3,
      ...options,
    };
  }

  connect(peer: Peer): ReferenceConnection {
    return new ReferenceConnection(this, peer);
  }

  newId(of: string): string {
    return `${of}-${++this.#made}`;
  }

  /** As after a restart without storage. */
  forgetSessions(): void {
    this.#sessions = new Map();
  }

  /** As after an import. */
  forgetHistory(): void {
    this.epoch = this.newId("epoch");
    this.seq = 0;
    this.#history = [];
  }

  /** The session of a token; any that was given is good. */
  session(token: string | undefined): ServerSession | undefined {
    return this.#sessions.get(token?.split(".")[0] ?? "");
  }

  openSession(): ServerSession {
    const session: ServerSession = { id: this.newId("session"), last: 0, nacked: [], connection: undefined };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** What history has after a place; undefined where it does not reach it. */
  after(seq: number): readonly Entry[] | undefined {
    if (seq > this.seq || seq < this.seq - this.#history.length) return undefined;
    return this.#history.slice(this.#history.length - (this.seq - seq));
  }

  broadcast(payload: Payload, except?: ServerSession): void {
    const { maxHistory } = this.options;
    let seq: number | undefined;
    if (maxHistory !== undefined) {
      seq = ++this.seq;
      const entry = { seq, except, ...payload };
      this.log.push({ epoch: this.epoch, ...entry });
      this.#history.push(entry);
      this.#history = this.#history.slice(-maxHistory);
    }
    this.sendAll({ type: "message", seq, ...payload }, except);
  }

  sendAll(frame: ServerFrame, except?: ServerSession): void {
    for (const connection of this.connections) {
      if (connection.session !== except) connection.send(frame);
    }
  }

  /** The room's hook; what it throws is why it refuses. */
  handle(from: ReferenceConnection, { name, data }: Payload): void {
    if (name === undefined) this.#obey(from, data as string | Uint8Array);
    else if (name !== "say") throw refusal("UNKNOWN_MESSAGE", "there is no message of this name");
    else if (typeof data !== "string") {
      throw {
        ...refusal("INVALID_MESSAGE", "say does not match the contract"),
        issues: [{ message: "expected a string", path: [] }],
      };
    } else this.broadcast({ name: "said", data });
    this.applied.push(name === undefined ? { data } : { name, data });
  }

  #obey(from: ReferenceConnection, data: string | Uint8Array): void {
    if (typeof data !== "string") {
      this.broadcast({ data });
      return;
    }
    const [command, ...words] = data.split(" ");
    const text = words.join(" ");
    if (command === "all") this.broadcast({ data: text });
    if (command === "others") this.broadcast({ data: text }, from.session);
    if (command === "one") from.send({ type: "message", data: text });
    if (command === "key") this.sendAll({ type: "message", key: words[0], data: words.slice(1).join(" ") });
    if (command === "throw") throw refusal("ROOM_THREW", "the room could not handle this message");
  }

  call({ method, args = [] }: Call): unknown {
    if (method === "add") return Number(args[0]) + Number(args[1]);
    if (method === "fail") throw refusal("ROOM_THREW", "the room could not answer this call");
    throw refusal("UNKNOWN_CALL", "there is no call of this name");
  }
}

function refusal(code: string, message: string): Refusal {
  return { code, message };
}

/** One connection of a client. */
export class ReferenceConnection {
  session: ServerSession | undefined;
  readonly id: string;
  readonly #room: ReferenceRoom;
  readonly #peer: Peer;
  readonly #waiting: (string | Uint8Array)[] = [];
  #wantsPresence = false;
  #open = true;
  #unacked = 0;

  constructor(room: ReferenceRoom, peer: Peer) {
    this.#room = room;
    this.#peer = peer;
    this.id = room.newId("member");
  }

  /** One event at a time, as a room's mailbox has it. */
  receive(data: string | Uint8Array): void {
    this.#waiting.push(data);
    if (this.#waiting.length > 1) return;
    for (let next: string | Uint8Array | undefined = data; next !== undefined; next = this.#waiting[0]) {
      this.#receive(next);
      this.#waiting.shift();
    }
  }

  #receive(data: string | Uint8Array): void {
    if (!this.#open) return;
    const frame = decodeClientFrame(data);
    if (frame.type === "ping") this.send({ type: "pong" });
    else if (frame.type === "fault") this.close(frame.closeCode, frame.reason);
    else if ((frame.type === "hello") !== (this.session === undefined))
      this.close(4400, "hello is first, once");
    else if (frame.type === "hello") this.#hello(frame);
    else if (frame.type === "call") this.#call(frame);
    else this.#message(frame);
  }

  send(frame: ServerFrame): void {
    if (!this.#open || (frame.type === "presence" && !this.#wantsPresence)) return;
    this.#peer.send(encodeServerFrame(frame));
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.ended();
    this.#peer.close(code, reason);
  }

  ended(): void {
    this.#open = false;
    if (this.session?.connection === this) this.session.connection = undefined;
    if (this.#room.connections.delete(this)) this.#room.sendAll({ type: "presence", leave: [this.id] });
  }

  #hello({ session: token, last, recent = 0, presence = true }: Hello): void {
    const room = this.#room;
    const { maxHistory, keepaliveMs, maxMessageBytes } = room.options;
    const known = room.session(token);
    const session = known ?? room.openSession();
    session.connection?.close(SESSION_TAKEN, "");
    session.connection = this;
    this.session = session;
    const keeps = maxHistory !== undefined;
    const from = last ?? {
      epoch: room.epoch,
      seq: Math.max(0, room.seq - Math.min(recent, maxHistory ?? 0)),
    };
    const missed = keeps && from.epoch === room.epoch ? room.after(from.seq) : undefined;
    const isGap = last !== undefined && missed === undefined;
    this.send({
      type: "welcome",
      session: `${session.id}.${room.newId("t")}`,
      ...(known !== undefined && { acked: known.last, nacked: known.nacked }),
      member: this.id,
      resumed: last === undefined ? "fresh" : isGap ? "gap" : "resumed",
      ...(missed !== undefined && from),
      maxMessageBytes,
      keepaliveMs,
    });
    const newest = keeps ? { seq: room.seq } : {};
    if (isGap) this.send({ type: "gap", ...(keeps && { epoch: room.epoch }), ...newest, data: "snapshot" });
    for (const { except, ...entry } of missed ?? []) {
      if (except !== session) this.send({ type: "message", ...entry });
    }
    this.send({ type: "live", ...newest });
    room.sendAll({ type: "presence", join: [{ id: this.id }] });
    room.connections.add(this);
    this.#wantsPresence = presence;
    this.send({ type: "presence", reset: true, join: [...room.connections].map(({ id }) => ({ id })) });
  }

  #message({ clientSeq, name, data }: ClientMessage): void {
    const session = this.session as ServerSession;
    if (clientSeq === undefined) {
      const refused = this.#apply({ name, data });
      if (refused !== undefined) this.send({ type: "error", ...refused });
      return;
    }
    if (clientSeq <= session.last) {
      const nacked = session.nacked.find((nack) => nack.clientSeq === clientSeq);
      this.send(nacked ? { type: "nack", ...nacked } : { type: "ack", clientSeq });
      return;
    }
    const refused = this.#apply({ name, data });
    session.last = clientSeq;
    session.nacked = session.nacked.filter((nack) => nack.clientSeq > clientSeq - MAX_UNSETTLED);
    if (refused !== undefined) {
      session.nacked.push({ clientSeq, ...refused });
      this.send({ type: "nack", clientSeq, ...refused });
    } else if (++this.#unacked >= this.#room.options.ackEvery) {
      this.#unacked = 0;
      this.send({ type: "ack", clientSeq });
    }
  }

  #apply(payload: Payload): Refusal | undefined {
    try {
      this.#room.handle(this, payload);
    } catch (error) {
      return error as Refusal;
    }
    return undefined;
  }

  #call(call: Call): void {
    try {
      this.send({ type: "reply", id: call.id, result: this.#room.call(call) });
    } catch (error) {
      this.send({ type: "reply", id: call.id, error: error as Refusal });
    }
  }
}
