import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";
import { type Locate, type RoomAccess, type RoomKind, roomKey } from "./access.ts";
import { type Calls, encodeArguments, unwrap } from "./calls.ts";
import { currentChain } from "./chain.ts";
import type { Room } from "./room.ts";
import { decode } from "./value/decode.ts";

/** One room, wherever it lives. */
export interface RoomHandle {
  readonly name: string;
  /** Hands a request to the room: one that asks for an upgrade joins it, any other is its `onRequest`'s. */
  fetch(request: Request): Promise<Response>;
}

/**
 * One room with the methods that its class lets others call: `handle.kick(id)`.
 *
 * A call is a turn of the room, and its promise waits for the commit. Arguments and results are what storage takes, at
 * most 1 MiB, as copies. It rejects with what the room threw (`name`, `message` and `code` of it), with `ROOM_BUSY`
 * while too much waits for the room, and with `ROOM_CYCLE` where the room waits, by way of others, for whoever calls.
 */
export type RoomStub<R extends Room> = RoomHandle & Calls<R>;

/** How a hall is reached, once a server has it. */
export interface HallState {
  locate: Locate | undefined;
}

/** The longest name of a room, in UTF-16 units. */
const MAX_NAME_LENGTH = defaultOf("maxRoomNameLength");

const accesses = new WeakMap<object, () => RoomAccess>();

/** Makes the handle of a room. */
export function handleOf<R extends Room>(kind: RoomKind, name: string, state: HallState): RoomStub<R> {
  const handle = new Handle(kind, name, state);
  const stub = new Proxy(handle, {
    get: (target, property) => target.property(property),
    has: (target, property) => target.property(property) !== undefined,
  });
  accesses.set(stub, () => handle.accessFromOutside());
  return stub as unknown as RoomStub<R>;
}

/** How the room of a handle is reached. Throws `INVALID_ARGUMENT` for what is no handle, and `ROOM_CYCLE`. */
export function accessOf(handle: RoomHandle): RoomAccess {
  const access = accesses.get(handle);
  if (access === undefined) {
    throw new WirehallError("INVALID_ARGUMENT", "this is no room of a hall: use hall.NAME.get(name)");
  }
  return access();
}

class Handle implements RoomHandle {
  readonly name: string;
  readonly #kind: RoomKind;
  readonly #state: HallState;

  constructor(kind: RoomKind, name: string, state: HallState) {
    this.name = name;
    this.#kind = kind;
    this.#state = state;
  }

  /** What the handle has by this name: its own, or a call. A handle is no promise, so it has no `then`. */
  property(name: string | symbol): unknown {
    if (name === "name") return this.name;
    if (name === "fetch") return (request: Request) => this.fetch(request);
    if (typeof name === "symbol" || name === "then" || name in Object.prototype) {
      return Reflect.get(Object.prototype, name);
    }
    return (...args: unknown[]) => this.#call(name, args);
  }

  async fetch(request: Request): Promise<Response> {
    const access = this.#located();
    const { length } = this.name;
    if (length === 0 || length > MAX_NAME_LENGTH) {
      return new Response(`${wrongName(length)}\n`, { status: 400 });
    }
    return await access.fetch(request, this.#chain());
  }

  async #call(method: string, args: readonly unknown[]): Promise<unknown> {
    const access = this.access();
    return decode(unwrap(await access.call(method, encodeArguments(args), this.#chain())));
  }

  /** For what waits for the whole room, and so may not be asked for by it. */
  accessFromOutside(): RoomAccess {
    this.#chain();
    return this.access();
  }

  access(): RoomAccess {
    const { length } = this.name;
    if (length === 0 || length > MAX_NAME_LENGTH) {
      throw new WirehallError("INVALID_ARGUMENT", wrongName(length));
    }
    return this.#located();
  }

  /** The rooms that wait for what is asked of this one. Throws `ROOM_CYCLE` where it is one of them. */
  #chain(): readonly string[] {
    const chain = currentChain();
    const room = roomKey(this.#kind.key, this.name);
    if (!chain.includes(room)) return chain;
    throw new WirehallError(
      "ROOM_CYCLE",
      `${[...chain, room].join(" waits for ")}, which would never end: call it in this.after, or do not await it there`,
    );
  }

  #located(): RoomAccess {
    const { locate } = this.#state;
    if (locate !== undefined) return locate(this.#kind, this.name);
    throw new WirehallError(
      "HALL_NOT_SERVED",
      "this hall has no server: give it to serve() or attach() as hall",
    );
  }
}

function wrongName(length: number): string {
  return `a room's name has 1 to ${MAX_NAME_LENGTH} characters, this one ${length}`;
}
