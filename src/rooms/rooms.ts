import { type EndpointOptions, resolveOptions } from "../endpoint/options.ts";
import { WirehallError } from "../errors.ts";
import type { Locate, RoomKind } from "./access.ts";
import { type HallState, handleOf, type RoomStub } from "./handle.ts";
import { type RoomLimits, resolveLimits } from "./limits.ts";
import { Room, type RoomClass } from "./room.ts";

/** The rooms of an app by the name of their class. */
export type RoomClasses = Readonly<Record<string, RoomClass>>;

/** The rooms of one class. */
export interface RoomsOfClass<R extends Room = Room> {
  /** The room of this name; it is made when its first event comes. */
  get(name: string): RoomStub<R>;
}

/** The rooms of an app. */
export type Hall<Classes extends RoomClasses = RoomClasses> = {
  readonly [Key in keyof Classes]: RoomsOfClass<InstanceType<Classes[Key]>>;
};

/** Options of the rooms of a hall: those of an endpoint, for their members, and bounds of the rooms themselves. */
export interface RoomsOptions extends EndpointOptions, Partial<RoomLimits> {}

const states = new WeakMap<object, HallState>();
const kinds = new WeakMap<RoomClass, RoomKind>();

/**
 * Makes the hall of an app: `rooms({ Chat: ChatRoom })` gives `hall.Chat.get(name)`.
 *
 * Throws `INVALID_OPTION`.
 */
export function rooms<Classes extends RoomClasses>(
  classes: Classes,
  options: RoomsOptions = {},
): Hall<Classes> {
  const { turnTimeoutMs, maxTurnBytes, idleTimeoutMs, ...endpoint } = options;
  const resolved = resolveOptions(endpoint);
  const limits = resolveLimits({ turnTimeoutMs, maxTurnBytes, idleTimeoutMs });
  const state: HallState = { locate: undefined };
  const entries = Object.entries(classes).map(([key, roomClass]): [string, RoomsOfClass] => {
    if (!(typeof roomClass === "function" && roomClass.prototype instanceof Room)) {
      throw new WirehallError("INVALID_OPTION", `rooms: "${key}" is no class that extends Room`);
    }
    const kind: RoomKind = { key, roomClass, options: resolved, limits };
    kinds.set(roomClass, kind);
    return [key, { get: (name) => handleOf(kind, String(name), state) }];
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
