import { AsyncLocalStorage } from "node:async_hooks";
import { carryLinksBy, type Link } from "../../src/rooms/chain.ts";
import { LocalRooms } from "../../src/rooms/local/rooms.ts";
import { bindHall, type Hall } from "../../src/rooms/rooms.ts";

const carrier = new AsyncLocalStorage<Link>();

/** Keeps the rooms of a hall in this process; also on Deno and Bun. */
export function keepHall(hall: Hall | undefined): void {
  if (hall === undefined) return;
  carryLinksBy(carrier);
  bindHall(hall, new LocalRooms().locate);
}
