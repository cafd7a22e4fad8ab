import { type Clock, systemClock } from "../../endpoint/clock.ts";
import { negotiate } from "../../endpoint/negotiate.ts";
import { isUpgrade, upgradeOf } from "../../endpoint/upgrade.ts";
import { WirehallError } from "../../errors.ts";
import { type Locate, type RoomAccess, type RoomKind, roomKey } from "../access.ts";
import { answersRequests } from "../room.ts";
import { LocalRoom } from "./room.ts";
import { type HallStorage, MemoryStorage } from "./storage.ts";

/** The rooms that live in this process. */
export class LocalRooms {
  readonly #storage: HallStorage;
  readonly #clock: Clock;
  readonly #rooms = new Map<string, LocalRoom>();
  #isClosed = false;

  constructor(storage: HallStorage = new MemoryStorage(), clock: Clock = systemClock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** How many are in memory. */
  get size(): number {
    return this.#rooms.size;
  }

  readonly locate: Locate = (kind, name): RoomAccess => ({
    fetch: async (request, chain) => {
      if (isUpgrade(request) || !answersRequests(kind.roomClass)) {
        // A bad handshake makes no room.
        const offer = negotiate(request, kind.options, upgradeOf(request)?.source);
        if (offer instanceof Response) return offer;
      }
      return await this.#room(kind, name).fetch(request, chain);
    },
    call: async (method, args, chain) => await this.#room(kind, name).call(method, args, chain),
    hibernate: async () => await this.#rooms.get(roomKey(kind.key, name))?.hibernate(),
    exports: async () => await this.#room(kind, name).exports(),
    imports: async (source) => await this.#room(kind, name).imports(source),
  });

  /** Resolves when what rooms are doing now is done and kept. */
  async settled(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map((room) => room.settled));
  }

  /** Lets go of the storage: the rooms can't be reached any more. */
  close(): void {
    this.#isClosed = true;
    this.#storage.close();
  }

  #room(kind: RoomKind, name: string): LocalRoom {
    if (this.#isClosed) throw new WirehallError("HALL_CLOSED", "the server of this hall was shut down");
    const key = roomKey(kind.key, name);
    let room = this.#rooms.get(key);
    if (room === undefined) {
      const store = this.#storage.open(kind, name);
      room = new LocalRoom(kind, name, store, this.#clock, () => this.#rooms.delete(key));
      this.#rooms.set(key, room);
    }
    return room;
  }
}
