import { AsyncLocalStorage } from "node:async_hooks";
import { systemClock } from "../../src/endpoint/clock.ts";
import { WirehallError } from "../../src/errors.ts";
import { carryLinksBy, type Link } from "../../src/rooms/chain.ts";
import { LocalRooms } from "../../src/rooms/local/rooms.ts";
import { bindHall, type Hall } from "../../src/rooms/rooms.ts";
import type { ServeOptions, StorageOption } from "../../src/serve.ts";
import { openStorage } from "./storage.ts";

const carrier = new AsyncLocalStorage<Link>();

interface Shared {
  readonly rooms: LocalRooms;
  readonly storage: StorageOption | undefined;
  users: number;
}

/** Halls that are open in this process: two servers of one hall have the same rooms. */
const open = new Map<Hall, Shared>();

/** The rooms of one server in this process; also on Deno and Bun. */
export class ServedHall {
  readonly #options: Pick<ServeOptions, "hall" | "storage">;
  #shared: Shared | undefined;

  constructor(options: Pick<ServeOptions, "hall" | "storage">) {
    this.#options = options;
  }

  /** From now on the hall's rooms can be reached. Throws where their storage can't be had. */
  open(): void {
    const { hall, storage } = this.#options;
    if (hall === undefined) return;
    carryLinksBy(carrier);
    const shared = open.get(hall) ?? start(hall, storage);
    if (storage !== undefined && pathOf(storage) !== pathOf(shared.storage)) {
      throw new WirehallError("INVALID_OPTION", "this hall is served already, and keeps its rooms elsewhere");
    }
    shared.users++;
    this.#shared = shared;
  }

  /** Opens for a server that is about to listen; where it can't, the hall is let go of. */
  async openFor<T>(listen: () => Promise<T>): Promise<T> {
    this.open();
    try {
      return await listen();
    } catch (error) {
      await this.close(systemClock.now());
      throw error;
    }
  }

  /**
   * Waits for turns that are under way, until `endMs` on the clock, and lets go of the storage. Resolves to whether
   * none had to be cut off.
   */
  async close(endMs: number): Promise<boolean> {
    const { hall } = this.#options;
    const shared = this.#shared;
    this.#shared = undefined;
    if (hall === undefined || shared === undefined || --shared.users > 0) return true;
    open.delete(hall);
    let isClean = true;
    const late = Promise.withResolvers<void>();
    // Unlike the clock's, this timer keeps the process, which shall not end before the storage is closed.
    const timer = setTimeout(
      () => {
        isClean = false;
        late.resolve();
      },
      Math.max(endMs - systemClock.now(), 0),
    );
    await Promise.race([shared.rooms.settled(), late.promise]);
    clearTimeout(timer);
    shared.rooms.close();
    return isClean;
  }
}

function start(hall: Hall, storage: StorageOption | undefined): Shared {
  const rooms = new LocalRooms(openStorage(storage));
  const shared: Shared = { rooms, storage, users: 0 };
  bindHall(hall, rooms.locate);
  open.set(hall, shared);
  return shared;
}

function pathOf(storage: StorageOption | undefined): string | undefined {
  return typeof storage === "object" ? storage.path : undefined;
}
