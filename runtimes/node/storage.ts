import { createHash } from "node:crypto";
import { join } from "node:path";
import { consoleLog } from "../../src/endpoint/log.ts";
import { type RoomKind, roomKey } from "../../src/rooms/access.ts";
import { type HallStorage, MemoryStorage } from "../../src/rooms/local/storage.ts";
import type { Store } from "../../src/rooms/store.ts";
import type { StorageOption } from "../../src/serve.ts";
import { HallFile } from "./sqlite/hall-file.ts";
import { RoomFile } from "./sqlite/room-file.ts";

/** Opens what a server was told to keep its rooms in. Throws where the file can't be had. */
export function openStorage(option: StorageOption | undefined): HallStorage {
  if (option === "memory") return new MemoryHall(() => {});
  return option === undefined ? new MemoryHall(warn) : new FileHall(option.path);
}

/** All in memory, rooms with SQL too. */
class MemoryHall implements HallStorage {
  readonly #cells: MemoryStorage;
  readonly #files = new Map<string, RoomFile>();
  readonly #onFirstWrite: () => void;

  constructor(onFirstWrite: () => void) {
    this.#cells = new MemoryStorage(onFirstWrite);
    this.#onFirstWrite = onFirstWrite;
  }

  open(kind: RoomKind, name: string): Store {
    if (kind.roomClass.sql !== true) return this.#cells.open(kind, name);
    if (this.#files.size === 0) this.#onFirstWrite();
    const room = roomKey(kind.key, name);
    let file = this.#files.get(room);
    if (file === undefined) {
      file = new RoomFile(undefined);
      this.#files.set(room, file);
    }
    return file;
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }
}

/** One file for the rooms of the hall, and one for each that has SQL. */
class FileHall implements HallStorage {
  readonly #path: string;
  readonly #file: HallFile;
  readonly #rooms = new Set<RoomFile>();

  constructor(path: string) {
    this.#path = path;
    this.#file = new HallFile(path);
  }

  open(kind: RoomKind, name: string): Store {
    const room = roomKey(kind.key, name);
    if (kind.roomClass.sql !== true) return this.#file.open(room);
    // A room's name may have any characters, and a file's may not.
    const hash = createHash("sha256").update(room).digest("hex");
    const file = new RoomFile(join(`${this.#path}-rooms`, `${hash}.db`));
    this.#rooms.add(file);
    return file;
  }

  close(): void {
    for (const file of this.#rooms) file.close();
    this.#file.close();
  }
}

function warn(): void {
  consoleLog({
    level: "warn",
    event: "storage-in-memory",
    message:
      "a room keeps something, and it is lost when this process ends: give serve or attach " +
      'storage: { path: "hall.db" }, or storage: "memory" where that is meant',
  });
}
