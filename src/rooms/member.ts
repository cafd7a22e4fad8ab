import { missingCapability } from "../endpoint/capability.ts";
import type { SendOptions } from "../endpoint/connection.ts";
import { checkExpiresAt } from "../endpoint/expiry.ts";
import { checkPayload } from "../endpoint/payload.ts";
import { encodeClosePayload, SharedMessage } from "../protocol/mod.ts";
import type { HostMember } from "./host.ts";
import type { Turn } from "./turn.ts";
import { snapshotState } from "./value.ts";

/** A connection that is in a room. */
export interface Member<State = unknown> {
  /** 128 random bits, in base64url; the same for as long as the member is connected. */
  readonly id: string;
  /**
   * What the room keeps of the member, at most 8 KiB; undefined until it is assigned.
   *
   * Only an assignment keeps it, when the turn has committed: a change inside the object is lost when the room leaves
   * memory. Throws `INVALID_STATE` for what structured clone does not take, `ROOM_NO_TURN` outside a turn.
   */
  state: State;
  /**
   * When the member is closed with 3000 (unauthorized) and the reason "expired": a time in milliseconds since the
   * epoch, as `Date.now()` gives it; undefined for never. What is assigned holds when the turn has committed. Throws
   * `CAPABILITY` in a Durable Object.
   */
  expiresAt: number | undefined;
  /** Sends one message when the turn has committed. Binary data is copied now. */
  send(data: string | Uint8Array, options?: SendOptions): void;
  /** Begins the closing handshake when the turn has committed; throws `INVALID_CLOSE` as a connection's does. */
  close(code?: number, reason?: string): void;
}

/** The members of a room, in no particular order. */
export interface Members<State = unknown> extends Iterable<Member<State>> {
  readonly size: number;
  get(id: string): Member<State> | undefined;
}

/** A member as its room sees it, for as long as the room's instance lives. */
export class RoomMember implements Member<never> {
  readonly id: string;
  readonly #host: HostMember;
  readonly #turn: () => Turn;
  #state: unknown;
  #loaded = false;
  #expiresAt: number | undefined;
  #hasExpiry = false;

  constructor(host: HostMember, turn: () => Turn) {
    this.id = host.id;
    this.#host = host;
    this.#turn = turn;
  }

  get state(): never {
    if (!this.#loaded) {
      this.#state = this.#host.readState();
      this.#loaded = true;
    }
    return this.#state as never;
  }

  set state(state: unknown) {
    this.#turn().keepState(this.#host, snapshotState(state));
    this.#state = state;
    this.#loaded = true;
  }

  get expiresAt(): number | undefined {
    return this.#hasExpiry ? this.#expiresAt : this.#host.expiresAt;
  }

  set expiresAt(at: number | undefined) {
    const turn = this.#turn();
    checkExpiresAt(at);
    const missing = this.#host.gaps.memberExpiry;
    if (missing !== undefined) throw missingCapability("memberExpiry", missing);
    this.#expiresAt = at;
    this.#hasExpiry = true;
    turn.hold(0, () => {
      this.#host.expiresAt = at;
    });
  }

  send(data: string | Uint8Array, options?: SendOptions): void {
    const turn = this.#turn();
    checkPayload(data);
    const message = new SharedMessage(data);
    turn.hold(data.length, () => this.#host.send(message, options?.key));
  }

  close(code?: number, reason = ""): void {
    const turn = this.#turn();
    encodeClosePayload(code, reason);
    turn.hold(0, () => this.#host.close(code, reason));
  }
}

/** The members of an instance of a room, by id. */
export class RoomMembers implements Members<never> {
  readonly #members = new Map<string, RoomMember>();
  readonly #hosts = new Map<string, HostMember>();
  readonly #turn: () => Turn;

  constructor(hosts: Iterable<HostMember>, turn: () => Turn) {
    this.#turn = turn;
    for (const host of hosts) this.add(host);
  }

  get size(): number {
    return this.#members.size;
  }

  get(id: string): RoomMember | undefined {
    return this.#members.get(id);
  }

  add(host: HostMember): RoomMember {
    const member = new RoomMember(host, this.#turn);
    this.#members.set(host.id, member);
    this.#hosts.set(host.id, host);
    return member;
  }

  /** Removes a member; the result is what the room knows it by, made for the occasion where it did not know it. */
  remove(host: HostMember): RoomMember {
    const member = this.#members.get(host.id) ?? new RoomMember(host, this.#turn);
    this.#members.delete(host.id);
    this.#hosts.delete(host.id);
    return member;
  }

  /** Where what is sent to all goes. */
  hosts(): Iterable<HostMember> {
    return this.#hosts.values();
  }

  [Symbol.iterator](): Iterator<RoomMember> {
    return this.#members.values();
  }
}
