import type { Awaitable } from "../../endpoint/awaitable.ts";
import type { Clock } from "../../endpoint/clock.ts";
import type { Connection } from "../../endpoint/connection.ts";
import { type InnerHandler, receive } from "../../endpoint/endpoint.ts";
import { ABNORMAL_END } from "../../endpoint/socket.ts";
import { isUpgrade } from "../../endpoint/upgrade.ts";
import type { CloseEnd } from "../../protocol/mod.ts";
import { type RoomAccess, type RoomKind, roomKey } from "../access.ts";
import type { CallReply } from "../calls.ts";
import type { Host, HostMember } from "../host.ts";
import { RoomKeeper } from "../keeper.ts";
import { answersRequests } from "../room.ts";
import type { Store } from "../store.ts";
import type { ImportSource } from "../transfer/stream.ts";
import { LocalMember } from "./member.ts";

/** How often a room is looked at that leaves memory after each event anyway. */
const BRIEF_MS = 1000;

/** A room in this process: the host of its keeper, and the handler of its members' connections. */
export class LocalRoom implements Host, RoomAccess {
  readonly name: string;
  readonly store: Store;
  readonly #kind: RoomKind;
  readonly #clock: Clock;
  readonly #left: () => void;
  readonly #keeper: RoomKeeper;
  readonly #members = new Set<LocalMember>();
  #events = 0;
  #eventsSeen = 0;
  /** Events that are on their way to the keeper, or under way there. */
  #pending = 0;
  #isWatched = false;

  /** `left` is called when nothing of the room needs to be in memory. */
  constructor(kind: RoomKind, name: string, store: Store, clock: Clock, left: () => void) {
    this.name = name;
    this.store = store;
    this.#kind = kind;
    this.#clock = clock;
    this.#left = left;
    this.#keeper = new RoomKeeper(kind.roomClass, this, {
      ...kind.limits,
      room: roomKey(kind.key, name),
      log: kind.options.log,
      clock,
    });
  }

  fetch(request: Request, chain: readonly string[]): Promise<Response> {
    return this.#during(async () => {
      if (!isUpgrade(request) && answersRequests(this.#kind.roomClass)) {
        return await this.#keeper.request(request, chain);
      }
      return await receive(request, this.#handler(chain), this.#kind.options);
    });
  }

  call(method: string, args: Uint8Array, chain: readonly string[]): Promise<CallReply> {
    return this.#during(() => this.#keeper.call(method, args, chain));
  }

  async hibernate(): Promise<void> {
    await this.#during(() => this.#keeper.hibernate());
    this.#leaveIfUnused();
  }

  exports(): Promise<ReadableStream<Uint8Array>> {
    return this.#during(() => this.#keeper.exports(this.#kind.key));
  }

  imports(source: ImportSource): Promise<void> {
    return this.#during(() => this.#keeper.imports(source));
  }

  /** Resolves when what waits is handled and kept. */
  get settled(): Promise<void> {
    return this.#keeper.hibernate();
  }

  // What the keeper asks for.

  members(): Iterable<HostMember> {
    return this.#members.values().filter(({ isDismissed }) => !isDismissed);
  }

  admit(member: HostMember): void {
    this.#members.add(member as LocalMember);
  }

  rest(): void {
    this.store.rest?.();
  }

  // Its members' connections.

  #handler(chain: readonly string[]): InnerHandler<LocalMember> {
    return {
      choosesSubprotocol: false,
      upgrade: async (request) => {
        const member = new LocalMember();
        const refusal = await this.#keeper.connect(member, request, chain);
        return refusal ?? { data: member };
      },
      abandoned: (member) => void this.#leave(member, ABNORMAL_END),
      open: (connection) => connection.data.open(connection),
      message: ({ data: member }: Connection<LocalMember>, data): Awaitable<void> => {
        this.#used();
        return this.#keeper.message(member, data);
      },
      close: ({ data: member }, end) => this.#leave(member, end),
    };
  }

  #leave(member: LocalMember, end: CloseEnd): Awaitable<void> {
    this.#used();
    if (this.#members.delete(member) && !member.isDismissed) return this.#keeper.closed(member, end);
  }

  // Its stay in memory.

  async #during<T>(act: () => Promise<T>): Promise<T> {
    this.#pending++;
    this.#used();
    try {
      return await act();
    } finally {
      this.#pending--;
    }
  }

  #used(): void {
    this.#events++;
    if (!this.#isWatched) this.#watch();
  }

  /** One timer for a room that is in use; it is not moved by each event, but looks whether there was one. */
  #watch(): void {
    this.#isWatched = true;
    this.#eventsSeen = this.#events;
    this.#clock.after(this.#kind.limits.idleTimeoutMs || BRIEF_MS, () => {
      this.#isWatched = false;
      if (this.#events !== this.#eventsSeen || this.#keeper.busy || this.#pending > 0) this.#watch();
      else if (this.#keeper.isAwake) void this.hibernate();
      else this.#leaveIfUnused();
    });
  }

  #leaveIfUnused(): void {
    if (this.#members.size === 0 && this.#pending === 0 && !this.#keeper.busy) this.#left();
  }
}
