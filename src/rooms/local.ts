import type { Awaitable } from "../endpoint/awaitable.ts";
import type { Gaps } from "../endpoint/capability.ts";
import { type Clock, systemClock } from "../endpoint/clock.ts";
import type { Connection } from "../endpoint/connection.ts";
import { type InnerHandler, receive } from "../endpoint/endpoint.ts";
import { negotiate } from "../endpoint/negotiate.ts";
import { randomId } from "../endpoint/random.ts";
import { sendShared } from "../endpoint/session-connection.ts";
import { ABNORMAL_END } from "../endpoint/socket.ts";
import { isUpgrade, upgradeOf } from "../endpoint/upgrade.ts";
import { type CloseEnd, type SharedMessage, TRY_AGAIN_LATER } from "../protocol/mod.ts";
import type { Host, HostMember } from "./host.ts";
import { RoomKeeper } from "./keeper.ts";
import { answersRequests } from "./room.ts";
import type { Locate, RoomKind } from "./rooms.ts";

/** A room without members and events leaves memory after one to two of these. */
const IDLE_MS = 10_000;

/** What is kept for a member whose WebSocket is not open yet. */
const MAX_WAITING = 1024;

/** The rooms that live in this process. */
export class LocalRooms {
  readonly #clock: Clock;
  readonly #rooms = new Map<string, LocalRoom>();
  #sweeping = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** How many are in memory. */
  get size(): number {
    return this.#rooms.size;
  }

  readonly locate: Locate = (kind, name, request) => {
    if (isUpgrade(request) || !answersRequests(kind.roomClass)) {
      // A bad handshake makes no room.
      const offer = negotiate(request, kind.options, upgradeOf(request)?.source);
      if (offer instanceof Response) return Promise.resolve(offer);
    }
    const key = JSON.stringify([kind.key, name]);
    let room = this.#rooms.get(key);
    if (room === undefined) {
      room = new LocalRoom(kind, name);
      this.#rooms.set(key, room);
      this.#sweepLater();
    }
    return room.fetch(request);
  };

  #sweepLater(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#clock.after(IDLE_MS, () => {
      this.#sweeping = false;
      for (const [key, room] of this.#rooms) if (room.mayLeave()) this.#rooms.delete(key);
      if (this.#rooms.size > 0) this.#sweepLater();
    });
  }
}

/** A room in this process: the host of its keeper, and the handler of its members' connections. */
class LocalRoom implements Host, InnerHandler<LocalMember> {
  readonly name: string;
  readonly choosesSubprotocol = false;
  readonly #kind: RoomKind;
  readonly #keeper: RoomKeeper;
  readonly #members = new Set<LocalMember>();
  #used = true;
  #requests = 0;

  constructor(kind: RoomKind, name: string) {
    this.name = name;
    this.#kind = kind;
    this.#keeper = new RoomKeeper(kind.roomClass, this, kind.options.log);
  }

  async fetch(request: Request): Promise<Response> {
    this.#used = true;
    this.#requests++;
    try {
      if (isUpgrade(request) || !answersRequests(this.#kind.roomClass)) {
        return await receive(request, this, this.#kind.options);
      }
      return await this.#keeper.request(request);
    } finally {
      this.#requests--;
    }
  }

  /** Whether nothing needs the room, and nothing has since this was last asked. */
  mayLeave(): boolean {
    const used = this.#used;
    this.#used = false;
    return !used && this.#members.size === 0 && this.#requests === 0 && !this.#keeper.busy;
  }

  members(): Iterable<HostMember> {
    return this.#members;
  }

  admit(member: HostMember): void {
    this.#members.add(member as LocalMember);
  }

  async upgrade(request: Request): Promise<Response | { data: LocalMember }> {
    const member = new LocalMember();
    const refusal = await this.#keeper.connect(member, request);
    return refusal ?? { data: member };
  }

  abandoned(member: LocalMember): void {
    this.#leave(member, ABNORMAL_END);
  }

  open(connection: Connection<LocalMember>): void {
    connection.data.open(connection);
  }

  message({ data: member }: Connection<LocalMember>, data: string | Uint8Array): Awaitable<void> {
    return this.#keeper.message(member, data);
  }

  close({ data: member }: Connection<LocalMember>, end: CloseEnd): Awaitable<void> {
    return this.#leave(member, end);
  }

  #leave(member: LocalMember, end: CloseEnd): Awaitable<void> {
    if (this.#members.delete(member)) return this.#keeper.closed(member, end);
  }
}

/** A member whose connection is in this process. */
class LocalMember implements HostMember {
  readonly id: string = randomId();
  /** Its transport's are its connection's to tell; a room's own are none. */
  readonly gaps: Gaps = {};
  isClosing = false;
  #state: unknown;
  #expiresAt: number | undefined;
  #connection: Connection<LocalMember> | undefined;
  /** What was sent and asked for before the WebSocket was open. */
  #waiting: ((connection: Connection<LocalMember>) => void)[] | undefined = [];

  readState(): unknown {
    return structuredClone(this.#state);
  }

  keepState(state: unknown): void {
    this.#state = state;
  }

  get expiresAt(): number | undefined {
    return this.#connection?.expiresAt ?? this.#expiresAt;
  }

  set expiresAt(at: number | undefined) {
    this.#expiresAt = at;
    if (this.#connection !== undefined) this.#connection.expiresAt = at;
  }

  send(data: SharedMessage, key?: string): void {
    this.#whenOpen((connection) => sendShared(connection, data, key));
  }

  close(code: number | undefined, reason: string): void {
    this.isClosing = true;
    this.#whenOpen((connection) => connection.close(code, reason));
  }

  open(connection: Connection<LocalMember>): void {
    this.#connection = connection;
    connection.expiresAt = this.#expiresAt;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const act of waiting) act(connection);
  }

  #whenOpen(act: (connection: Connection<LocalMember>) => void): void {
    if (this.#connection !== undefined) act(this.#connection);
    else if (this.#waiting === undefined || this.#waiting.length > MAX_WAITING) return;
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(act);
    // An app that holds the upgrade back for so long has a member that can't keep up.
    else this.#waiting.push((connection) => connection.close(TRY_AGAIN_LATER, ""));
  }
}
