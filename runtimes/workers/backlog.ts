import { defaultOf } from "../../src/endpoint/limits.ts";

/** What may wait for a room: of one member, and of all of them, in an object of 128 MiB. */
const MAX_MESSAGES = defaultOf("maxUnpausedMessages");
const MAX_BYTES = defaultOf("maxMemberBacklogBytes");
const MAX_ROOM_BYTES = defaultOf("maxRoomBacklogBytes");

/** Counts what waits for a room by member, since workerd reads on while the room is behind. */
export class Backlog {
  readonly #waiting = new Map<string, { messages: number; bytes: number }>();
  #bytes = 0;

  /** Takes a message in; false where its member has too much waiting already, or all of them have. */
  add(memberId: string, bytes: number): boolean {
    const waiting = this.#waiting.get(memberId) ?? { messages: 0, bytes: 0 };
    const isOver = waiting.messages >= MAX_MESSAGES || waiting.bytes + bytes > MAX_BYTES;
    // A message of any size may wait alone.
    if (waiting.messages > 0 && (isOver || this.#bytes + bytes > MAX_ROOM_BYTES)) return false;
    waiting.messages++;
    waiting.bytes += bytes;
    this.#bytes += bytes;
    this.#waiting.set(memberId, waiting);
    return true;
  }

  remove(memberId: string, bytes: number): void {
    const waiting = this.#waiting.get(memberId);
    if (waiting === undefined) return;
    waiting.messages--;
    waiting.bytes -= bytes;
    this.#bytes -= bytes;
    if (waiting.messages === 0) this.#waiting.delete(memberId);
  }
}
