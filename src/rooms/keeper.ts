import { type Awaitable, chain, isPromise } from "../endpoint/awaitable.ts";
import type { Log } from "../endpoint/log.ts";
import { isResponse } from "../endpoint/response.ts";
import { noteRefusal } from "../endpoint/upgrade.ts";
import { WirehallError } from "../errors.ts";
import { type CloseEnd, INTERNAL_ERROR } from "../protocol/mod.ts";
import type { Host, HostMember } from "./host.ts";
import { Mailbox } from "./mailbox.ts";
import { RoomMembers } from "./member.ts";
import { instantiate, type Room, type RoomClass, type RoomContext } from "./room.ts";
import { Turn } from "./turn.ts";

/** One instance of a room, with what it was given. Discarded when a turn throws: its fields can't be rolled back. */
class Occupant implements RoomContext {
  readonly name: string;
  readonly members: RoomMembers;
  readonly room: Room;
  current: Turn | undefined;

  constructor(roomClass: RoomClass, host: Host) {
    this.name = host.name;
    this.members = new RoomMembers(host.members(), () => this.turn());
    this.room = instantiate(roomClass, this);
  }

  turn(): Turn {
    if (this.current !== undefined) return this.current;
    throw new WirehallError(
      "ROOM_NO_TURN",
      "a room acts only while it handles an event: await what the hook starts, or act before its promise settles",
    );
  }
}

/**
 * Keeps one room: hands it one event at a time, as turns, and makes its instance when one is needed.
 *
 * A host calls it for each event; nothing here throws or rejects for what a hook threw.
 */
export class RoomKeeper {
  readonly #roomClass: RoomClass;
  readonly #host: Host;
  readonly #log: Log;
  readonly #mailbox = new Mailbox();
  #occupant: Occupant | undefined;

  constructor(roomClass: RoomClass, host: Host, log: Log) {
    this.#roomClass = roomClass;
    this.#host = host;
    this.#log = log;
  }

  /** Whether an event is being handled or waits. */
  get busy(): boolean {
    return this.#mailbox.busy;
  }

  /** Asks the room to let a candidate in: a response refuses it, 500 where the room threw. */
  connect(candidate: HostMember, request: Request): Awaitable<Response | undefined> {
    return this.#guard<Response | undefined>(
      () =>
        this.#mailbox.run(() =>
          this.#turn(
            ({ room, members }) =>
              chain(room.onConnect(members.add(candidate), request), (refusal) => {
                if (refusal === undefined) return undefined;
                members.remove(candidate);
                return checkRefusal(refusal);
              }),
            (refusal) => {
              if (refusal === undefined) this.#host.admit(candidate);
            },
          ),
        ),
      (error) => {
        noteRefusal(request, isBusy(error) ? "room-busy" : "threw");
        return this.#answer("onConnect", error);
      },
    );
  }

  /** A member's message. A throw of the room closes the member with 1011. The host bounds how many wait. */
  message(member: HostMember, data: string | Uint8Array): Awaitable<void> {
    return this.#guard(
      () =>
        this.#mailbox.run(
          () =>
            this.#turn(({ room, members }) => {
              const known = members.get(member.id);
              // What waited while the member's own turn, or another's, closed it is not delivered.
              if (known !== undefined && !member.isClosing) return room.onMessage(known, data);
            }),
          true,
        ),
      (error) => {
        this.#report("onMessage", error);
        member.close(INTERNAL_ERROR, "");
      },
    );
  }

  /** A member is gone; the host no longer lists it. */
  closed(member: HostMember, end: CloseEnd): Awaitable<void> {
    return this.#guard(
      () =>
        this.#mailbox.run(
          () => this.#turn(({ room, members }) => room.onClose(members.remove(member), end)),
          true,
        ),
      (error) => this.#report("onClose", error),
    );
  }

  /** A request that asks for no WebSocket: 500 where the room threw. */
  request(request: Request): Awaitable<Response> {
    return this.#guard(
      () => this.#mailbox.run(() => this.#turn(({ room }) => room.onRequest(request))),
      (error) => this.#answer("onRequest", error),
    );
  }

  /** Handles an event as a turn; `committed` is called between its commit and the release of what it sends. */
  #turn<T>(handle: (occupant: Occupant) => Awaitable<T>, committed?: (result: T) => void): Awaitable<T> {
    return chain(this.#arrive(), (occupant) => this.#handle(occupant, handle, committed));
  }

  /** The room's instance; a new one has handled `onStart` in a turn of its own. */
  #arrive(): Awaitable<Occupant> {
    if (this.#occupant !== undefined) return this.#occupant;
    const occupant = new Occupant(this.#roomClass, this.#host);
    return chain(
      this.#handle(occupant, ({ room }) => room.onStart()),
      () => {
        this.#occupant = occupant;
        return occupant;
      },
    );
  }

  #handle<T>(
    occupant: Occupant,
    handle: (occupant: Occupant) => Awaitable<T>,
    committed?: (result: T) => void,
  ): Awaitable<T> {
    const turn = new Turn();
    occupant.current = turn;
    const finish = (result: T): T => {
      occupant.current = undefined;
      turn.commit();
      committed?.(result);
      turn.release();
      return result;
    };
    const failed = (error: unknown): never => {
      this.#discard(occupant);
      throw error;
    };
    try {
      const result = handle(occupant);
      return isPromise(result) ? result.then(finish).catch(failed) : finish(result);
    } catch (error) {
      return failed(error);
    }
  }

  #discard(occupant: Occupant): void {
    occupant.current = undefined;
    if (this.#occupant === occupant) this.#occupant = undefined;
  }

  /** Runs an event; what it throws, or rejects with, goes to `failed`. */
  #guard<T>(event: () => Awaitable<T>, failed: (error: unknown) => T): Awaitable<T> {
    try {
      const result = event();
      return isPromise(result) ? result.then(undefined, failed) : result;
    } catch (error) {
      return failed(error);
    }
  }

  #answer(hook: string, error: unknown): Response {
    this.#report(hook, error);
    return isBusy(error)
      ? new Response("Service Unavailable\n", { status: 503, headers: { "retry-after": "1" } })
      : new Response("Internal Server Error\n", { status: 500 });
  }

  #report(hook: string, error: unknown): void {
    const message = `room ${JSON.stringify(this.#host.name)}: ${hook} failed; what it had done is undone`;
    this.#log({ level: "error", event: "room-threw", message, error });
  }
}

/** A hook that means to refuse, with `false` or null, must not let in. */
function checkRefusal(refusal: unknown): Response {
  if (isResponse(refusal)) return refusal;
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `onConnect returned ${String(refusal)}: return nothing to let in, a Response to refuse`,
  );
}

function isBusy(error: unknown): boolean {
  return error instanceof WirehallError && error.code === "ROOM_BUSY";
}
