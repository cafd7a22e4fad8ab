import { type LogEntry, type Room, type RoomsOptions, rooms } from "wirehall";
import { type ManualClock, manualClock, type TestServer, testServer } from "wirehall/testing";
import { LocalRooms } from "../../../src/rooms/local/rooms.ts";
import type { HallStorage } from "../../../src/rooms/local/storage.ts";
import { bindHall, type Hall, type RoomsOfClass } from "../../../src/rooms/rooms.ts";

export interface Served<R extends Room> {
  readonly server: TestServer;
  readonly rooms: RoomsOfClass<R>;
  /** What was logged, by event. */
  readonly entries: LogEntry[];
  readonly clock: ManualClock;
  readonly local: LocalRooms;
}

/** Serves rooms of one class by their name, which is the path. */
export function serveRooms<R extends Room>(
  Kind: new () => R,
  options: RoomsOptions = {},
  storage?: HallStorage,
): Served<R> {
  const entries: LogEntry[] = [];
  const hall = rooms({ Kind }, { log: (entry) => entries.push(entry), ...options });
  const clock = manualClock();
  const kinds = hall.Kind as unknown as RoomsOfClass<R>;
  const server = testServer({
    fetch: (request) => kinds.get(new URL(request.url).pathname.slice(1)).fetch(request),
    hall,
    clock,
  });
  const local = new LocalRooms(storage, clock);
  bindHall(hall as Hall, local.locate);
  return { server, rooms: kinds, entries, clock, local };
}
