import type { Awaitable } from "../endpoint/awaitable.ts";
import { WirehallError } from "../errors.ts";
import type { Host } from "./host.ts";
import { RoomMembers } from "./member.ts";
import { instantiate, type Room, type RoomClass, type RoomContext } from "./room.ts";
import type { SqlEngine } from "./sql/engine.ts";
import { TurnSql } from "./sql/room-sql.ts";
import { type RoomStorage, TurnStorage } from "./storage.ts";
import type { Turn, TurnHolder } from "./turn.ts";

/** How an instance asks for a turn of its own. */
export type Queue = <T>(occupant: Occupant, act: () => Awaitable<T>) => Promise<T>;

/**
 * One instance of a room, with what it was given.
 *
 * It is discarded when a turn fails, since its fields can't be rolled back, and when the room leaves memory.
 */
export class Occupant implements RoomContext, TurnHolder {
  readonly name: string;
  readonly members: RoomMembers;
  readonly storage: RoomStorage;
  readonly room: Room;
  current: Turn | undefined;
  /** How many turns it has queued that wait. */
  queued = 0;
  /** Why whatever it still does fails: what it rests on was not kept. */
  failure: { readonly error: unknown } | undefined;
  readonly #sql: TurnSql | undefined;
  readonly #queue: Queue;

  constructor(roomClass: RoomClass, host: Host, queue: Queue) {
    this.name = host.name;
    this.#queue = queue;
    const turn = () => this.turn();
    this.members = new RoomMembers(host.members(), turn);
    this.storage = new TurnStorage(host.store, turn);
    this.#sql = roomClass.sql === true ? new TurnSql(engineOf(host), turn) : undefined;
    this.room = instantiate(roomClass, this);
  }

  get sql(): TurnSql {
    if (this.#sql !== undefined) return this.#sql;
    throw new WirehallError("SQL_OFF", "this class of rooms has no SQL: give it static sql = true");
  }

  /** What runs its SQL, if it has any. */
  get engine(): SqlEngine | undefined {
    return this.#sql?.engine;
  }

  turn(): Turn {
    if (this.current !== undefined) return this.current;
    throw new WirehallError(
      "ROOM_NO_TURN",
      "a room acts only while it handles an event: await what the hook starts, or act before its promise settles; " +
        "this.turn(() => ...) queues a turn",
    );
  }

  queue<T>(act: () => Awaitable<T>): Promise<T> {
    return this.#queue(this, act);
  }

  destroy(): void {
    this.turn().clear();
  }
}

function engineOf({ store }: Host): SqlEngine {
  if (store.sql !== undefined) return store.sql;
  throw new WirehallError(
    "CAPABILITY",
    "there is no SQL here: a class with static sql = true needs a server of wirehall/serve",
  );
}
