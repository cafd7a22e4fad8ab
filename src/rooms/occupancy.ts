import { type Awaitable, chain } from "../endpoint/awaitable.ts";
import { startHook } from "./hooks.ts";
import type { Host } from "./host.ts";
import { Occupant, type Queue } from "./occupant.ts";
import type { RoomClass } from "./room.ts";
import { clearHalfImport } from "./transfer/import.ts";
import type { Turns } from "./turns.ts";

/** Whether a room's instance is in memory: makes one when one is needed, and lets go of it. */
export class Occupancy {
  readonly #roomClass: RoomClass;
  readonly #host: Host;
  readonly #turns: Turns;
  readonly #queue: Queue;
  #occupant: Occupant | undefined;

  constructor(roomClass: RoomClass, host: Host, turns: Turns, queue: Queue) {
    this.#roomClass = roomClass;
    this.#host = host;
    this.#turns = turns;
    this.#queue = queue;
  }

  get occupant(): Occupant | undefined {
    return this.#occupant;
  }

  /** An instance is not used any more. */
  discard(occupant: Occupant): void {
    if (this.#occupant === occupant) this.#occupant = undefined;
  }

  /** The room leaves memory. */
  rest(): void {
    this.#occupant = undefined;
    this.#turns.commits.whenEmpty(() => {
      if (this.#occupant === undefined) this.#host.rest();
    });
  }

  /** A new instance, which has handled `onStart` in a turn of its own. Throws what that threw. */
  arrive(): Awaitable<Occupant> {
    const { commits } = this.#turns;
    // What was kept is read anew, and must be there.
    if (commits.isEmpty) return chain(clearHalfImport(this.#host.store), () => this.#start());
    return new Promise<void>((resolve) => commits.whenEmpty(resolve)).then(() => this.arrive());
  }

  #start(): Awaitable<Occupant> {
    const occupant = new Occupant(this.#roomClass, this.#host, this.#queue);
    let failure: { readonly error: unknown } | undefined;
    const outcome = {
      released() {},
      failed(error: unknown) {
        failure = { error };
      },
    };
    return chain(this.#turns.run(occupant, startHook, undefined, undefined, [], outcome), () => {
      if (failure !== undefined) throw failure.error;
      this.#occupant = occupant;
      return occupant;
    });
  }
}
