import { defaultOf } from "../endpoint/limits.ts";
import { type EndpointOptions, type ResolvedOptions, resolveOptions } from "../endpoint/options.ts";
import { WirehallError } from "../errors.ts";
import { Room, type RoomClass } from "./room.ts";

/** The rooms of an app by the name of their class. */
export type RoomClasses = Readonly<Record<string, RoomClass>>;

/** One room, wherever it lives. */
export interface RoomHandle {
  readonly name: string;
  /** Hands a request to the room: one that asks for an upgrade joins it, any other is its `onRequest`'s. */
  fetch(request: Request): Promise<Response>;
}

/** The rooms of one class. */
export interface RoomsOfClass {
  /** The room of this name; it is made when its first event comes. */
  get(name: string): RoomHandle;
}

/** The rooms of an app. */
export type Hall<Classes extends RoomClasses = RoomClasses> = {
  readonly [Key in keyof Classes]: RoomsOfClass;
};

/** What a hall knows of one class of rooms. */
export interface RoomKind {
  /** The key in the hall. */
  readonly key: string;
  readonly roomClass: RoomClass;
  readonly options: ResolvedOptions;
}

/** How a runtime reaches a room. */
export type Locate = (kind: RoomKind, name: string, request: Request) => Promise<Response>;

/** The longest name of a room, in UTF-16 units. */
const MAX_NAME_LENGTH = defaultOf("maxRoomNameLength");

interface HallState {
  locate: Locate | undefined;
}

const states = new WeakMap<Hall, HallState>();
const kinds = new WeakMap<RoomClass, RoomKind>();

/**
 * Makes the hall of an app: `rooms({ Chat: ChatRoom })` gives `hall.Chat.get(name)`.
 *
 * The options are those of an endpoint and hold for the members of all its rooms. Throws `INVALID_OPTION`.
 */
export function rooms<Classes extends RoomClasses>(
  classes: Classes,
  options: EndpointOptions = {},
): Hall<Classes> {
  const resolved = resolveOptions(options);
  const state: HallState = { locate: undefined };
  const entries = Object.entries(classes).map(([key, roomClass]): [string, RoomsOfClass] => {
    if (!(typeof roomClass === "function" && roomClass.prototype instanceof Room)) {
      throw new WirehallError("INVALID_OPTION", `rooms: "${key}" is no class that extends Room`);
    }
    const kind: RoomKind = { key, roomClass, options: resolved };
    kinds.set(roomClass, kind);
    return [key, { get: (name) => new Handle(String(name), kind, state) }];
  });
  const hall = Object.freeze(Object.fromEntries(entries)) as Hall<Classes>;
  states.set(hall, state);
  return hall;
}

/** Tells a hall how its rooms are reached; for a runtime's `serve` and `attach`. */
export function bindHall(hall: Hall, locate: Locate): void {
  const state = states.get(hall);
  if (state === undefined) throw new WirehallError("INVALID_OPTION", "hall is not what rooms() returned");
  state.locate = locate;
}

/** What is known of a class that was given to `rooms`, for a host that has only the class. */
export function kindOf(roomClass: RoomClass): RoomKind | undefined {
  return kinds.get(roomClass);
}

class Handle implements RoomHandle {
  readonly name: string;
  readonly #kind: RoomKind;
  readonly #state: HallState;

  constructor(name: string, kind: RoomKind, state: HallState) {
    this.name = name;
    this.#kind = kind;
    this.#state = state;
  }

  async fetch(request: Request): Promise<Response> {
    const { locate } = this.#state;
    if (locate === undefined) {
      throw new WirehallError(
        "HALL_NOT_SERVED",
        "this hall has no server: give it to serve() or attach() as hall",
      );
    }
    const { length } = this.name;
    if (length === 0 || length > MAX_NAME_LENGTH) {
      return new Response(`a room's name has 1 to ${MAX_NAME_LENGTH} characters, this one ${length}\n`, {
        status: 400,
      });
    }
    return await locate(this.#kind, this.name, request);
  }
}
