import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";

/** The most events, and the most bytes of theirs, that wait for a room. */
const MAX_WAITING = defaultOf("maxRoomEvents");
const MAX_WAITING_BYTES = defaultOf("maxRoomEventBytes");

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * A room's events wait here for their turn: one is inside at a time.
 *
 * Its bounds hold for events that may be refused. Of a member one event at most waits here, and its connection is not
 * read on meanwhile; where reading can't pause, the host counts what waits.
 */
export class Mailbox {
  #busy = false;
  #draining = false;
  #waiting: Waiting[] = [];
  #head = 0;
  #bytes = 0;

  /** Whether an event is inside, or waits. */
  get busy(): boolean {
    return this.#busy || this.#head < this.#waiting.length;
  }

  /** Lets an event in where none is before it; whoever got in must leave. */
  enter(): boolean {
    if (this.#busy) return false;
    this.#busy = true;
    return true;
  }

  /** Calls back once the event is inside. */
  wait(bytes: number, start: () => void): void {
    this.#waiting.push({ bytes, start });
    this.#bytes += bytes;
  }

  /** The refusal of an event that may be refused, where there is no room for it. */
  refusal(bytes = 0): WirehallError | undefined {
    if (!this.#busy) return undefined;
    const count = this.#waiting.length - this.#head;
    if (count >= MAX_WAITING) return busy(`${count} events wait for this room`, MAX_WAITING);
    // An event of any size may wait alone.
    if (count === 0 || this.#bytes + bytes <= MAX_WAITING_BYTES) return undefined;
    return busy(`${this.#bytes} bytes wait for this room, and these are ${bytes}`, MAX_WAITING_BYTES);
  }

  /** The event is handled: the next is let in. A loop rather than a recursion, since a thousand may wait. */
  leave(): void {
    this.#busy = false;
    if (this.#draining) return;
    this.#draining = true;
    while (!this.#busy && this.#head < this.#waiting.length) this.#next();
    this.#draining = false;
  }

  #next(): void {
    const { bytes, start } = this.#waiting[this.#head++];
    this.#bytes -= bytes;
    if (this.#head === this.#waiting.length || this.#head >= MAX_WAITING) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.#busy = true;
    start();
  }
}

function busy(what: string, limit: number): WirehallError {
  return new WirehallError("ROOM_BUSY", `${what}: the limit is ${limit}; ask again later`);
}
