import { accessOf, type RoomHandle } from "../rooms/handle.ts";

/**
 * Makes a room leave memory, with its members connected, once what waits for it is handled and kept; the next event
 * brings it back. On every runtime: `await hibernate(hall.Chat.get("lobby"))`.
 *
 * On Workers all that the room holds is dropped; the Durable Object that held it is the platform's to evict.
 */
export function hibernate(room: RoomHandle): Promise<void> {
  return accessOf(room).hibernate();
}
