import type { Awaitable } from "../endpoint/awaitable.ts";
import type { SendOptions } from "../endpoint/connection.ts";
import { checkPayload } from "../endpoint/payload.ts";
import { WirehallError } from "../errors.ts";
import { type CloseEnd, SharedMessage } from "../protocol/mod.ts";
import type { Member, Members, RoomMembers } from "./member.ts";
import type { Turn } from "./turn.ts";

/** What a room's keeper gives to the instance that it makes. */
export interface RoomContext {
  readonly name: string;
  readonly members: RoomMembers;
  /** The turn that is under way; throws `ROOM_NO_TURN` outside one. */
  turn(): Turn;
}

/** A class of rooms, as it is given to `rooms` and to `durable`. */
export interface RoomClass<R extends Room = Room> {
  new (): R;
}

/** How a broadcast is sent, and whom it leaves out. */
export interface BroadcastOptions<State> extends SendOptions {
  readonly except?: Member<State> | Iterable<Member<State>>;
}

let arriving: RoomContext | undefined;

/** Makes an instance of a room; for its keeper alone. */
export function instantiate(roomClass: RoomClass, context: RoomContext): Room {
  arriving = context;
  try {
    return new roomClass();
  } finally {
    arriving = undefined;
  }
}

/**
 * Stateful fan-out: one object for each name, which handles one event at a time.
 *
 * The handling of an event is a turn. What a turn does (`broadcast`, a member's `send`, `close` and `state`) is held
 * until the hook's promise settles, and then takes effect as one; if the hook throws, nothing does: the member that
 * caused it is closed with 1011, and the room is made anew, with its members, at the next event. Outside a turn these
 * throw `ROOM_NO_TURN`.
 */
export abstract class Room<State = unknown> {
  readonly #context: RoomContext;

  constructor() {
    if (arriving === undefined) {
      throw new WirehallError("ROOM_NO_HOST", "a room is made by its hall: use hall.NAME.get(name)");
    }
    this.#context = arriving;
    arriving = undefined;
  }

  /** The name by which it was asked for. */
  get name(): string {
    return this.#context.name;
  }

  /** Who is connected. During `onConnect` the new member is among them, during `onClose` the old one no longer. */
  get members(): Members<State> {
    return this.#context.members;
  }

  /** Sends a message to every member, but `except`, when the turn has committed. Binary data is copied now. */
  broadcast(data: string | Uint8Array, options: BroadcastOptions<State> = {}): void {
    const turn = this.#context.turn();
    checkPayload(data);
    const left = excepted(options.except);
    const message = new SharedMessage(data);
    turn.hold(data.length, () => {
      for (const member of this.#context.members.hosts())
        if (!left?.has(member.id)) member.send(message, options.key);
    });
  }

  /** Before the first event that this instance handles. */
  onStart(): Awaitable<void> {}

  /** Before a member's WebSocket is accepted. A `Response` refuses it and reaches the client whole. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook without a return statement is typed void
  onConnect(_member: Member<State>, _request: Request): Awaitable<Response | void> {}

  onMessage(_member: Member<State>, _data: string | Uint8Array): Awaitable<void> {}

  /** Exactly once for each member that `onConnect` let in. */
  onClose(_member: Member<State>, _end: CloseEnd): Awaitable<void> {}

  /** A request that asks for no WebSocket. A room that does not override this answers as an endpoint does: 426. */
  onRequest(_request: Request): Awaitable<Response> {
    return new Response("Upgrade Required\n", { status: 426 });
  }
}

/** Whether a class has an `onRequest` of its own. */
export function answersRequests(roomClass: RoomClass): boolean {
  return roomClass.prototype.onRequest !== Room.prototype.onRequest;
}

function excepted<State>(except: BroadcastOptions<State>["except"]): ReadonlySet<string> | undefined {
  if (except === undefined) return undefined;
  const members = Symbol.iterator in except ? except : [except];
  return new Set([...members].map((member) => member.id));
}
