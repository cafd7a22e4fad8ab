import type { Awaitable } from "../endpoint/awaitable.ts";
import type { SendOptions } from "../endpoint/connection.ts";
import { checkPayload } from "../endpoint/payload.ts";
import { WirehallError } from "../errors.ts";
import { type CloseEnd, SharedMessage } from "../protocol/mod.ts";
import { Broadcast } from "./effects.ts";
import type { Member, Members, RoomMembers } from "./member.ts";
import type { RoomSql } from "./sql/room-sql.ts";
import type { RoomStorage } from "./storage.ts";
import type { Turn } from "./turn.ts";

/** What a room's keeper gives to the instance that it makes. */
export interface RoomContext {
  readonly name: string;
  readonly members: RoomMembers;
  readonly storage: RoomStorage;
  /** Throws `SQL_OFF` where the class has no `static sql`. */
  readonly sql: RoomSql;
  /** The turn that is under way; throws `ROOM_NO_TURN` outside one. */
  turn(): Turn;
  /** A turn of its own for a function of the room. */
  queue<T>(act: () => Awaitable<T>): Promise<T>;
  /** Removes the room when the turn commits. */
  destroy(): void;
}

/** A class of rooms, as it is given to `rooms` and to `durable`. */
export interface RoomClass<R extends Room = Room> {
  new (): R;
  /** Whether each of its rooms has an SQLite database of its own, as `this.sql` [false]. */
  readonly sql?: boolean;
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
 * The handling of an event is a turn. What a turn does (`broadcast`, `storage`, `sql`, `destroy`, a member's `send`, `close`
 * and `state`) is held until the hook's promise settles, and then takes effect as one; if the hook throws, nothing
 * does: the member that caused it is closed with 1011, and the room is made anew, with its members, at the next event.
 * Outside a turn these throw `ROOM_NO_TURN`.
 *
 * Public methods whose names do not begin with `on` can be called from anywhere on the server:
 * `hall.Chat.get("lobby").kick(id)`. A call is a turn, and its answer waits for the commit.
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

  /** What the room keeps, also when it leaves memory. */
  get storage(): RoomStorage {
    return this.#context.storage;
  }

  /**
   * The room's own SQLite database, where the class says `static sql = true`.
   *
   * Throws `SQL_OFF` where it does not.
   */
  get sql(): RoomSql {
    return this.#context.sql;
  }

  /** Aborts when the turn takes longer than `turnTimeoutMs`: it has failed, and what it does from then on is dropped. */
  get signal(): AbortSignal {
    return this.#context.turn().signal;
  }

  /** Sends a message to every member, but `except`, when the turn has committed. Binary data is copied now. */
  broadcast(data: string | Uint8Array, options: BroadcastOptions<State> = {}): void {
    const turn = this.#context.turn();
    checkPayload(data);
    const message = new SharedMessage(data);
    turn.hold(
      data.length,
      new Broadcast(this.#context.members, message, options.key, excepted(options.except)),
    );
  }

  /**
   * Runs a function in a turn of its own, from a timer or from whatever else runs outside one; resolves when that turn
   * has committed. A turn that awaits it waits for itself.
   *
   * Rejects with what the function threw, with `ROOM_BUSY`, and with `ROOM_RETIRED` where this instance has left
   * memory: a timer does not keep it there.
   */
  turn<T>(act: () => Awaitable<T>): Promise<T> {
    return this.#context.queue(act);
  }

  /**
   * Runs a function, which may not be asynchronous, in the turn's last transaction, when the hook has settled: the
   * place of an asynchronous handler to write by SQL. A throw in it fails the turn.
   */
  commit(act: () => void): void {
    this.#context.turn().commit(act);
  }

  /** Runs a function, at most once, when the turn has committed; it is in no turn itself. What it throws is logged. */
  after(act: () => unknown): void {
    this.#context.turn().after(act);
  }

  /**
   * Removes the room and all that it keeps, when the turn has committed. Its members are closed with 1000 and have no
   * `onClose`; the next event makes a new room of this name.
   */
  destroy(): void {
    this.#context.destroy();
  }

  /** Before the first event that this instance handles, in a turn of its own. */
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
