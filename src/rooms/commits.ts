import type { Turn } from "./turn.ts";

/** While more turns than this wait for their commit, or hold more bytes, the room handles no further event. */
const MAX_TURNS = 256;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The turns of a room that have been handled and wait to be released, in their order.
 *
 * A turn without writes waits only for those before it: what it sends may rest on what they wrote.
 */
export class Commits {
  readonly #release: (turn: Turn) => void;
  #turns: Turn[] = [];
  #bytes = 0;
  #waiting: { readonly isDue: () => boolean; readonly act: () => void }[] = [];

  constructor(release: (turn: Turn) => void) {
    this.#release = release;
  }

  get isEmpty(): boolean {
    return this.#turns.length === 0;
  }

  get isFull(): boolean {
    return this.#turns.length >= MAX_TURNS || this.#bytes >= MAX_BYTES;
  }

  /** A turn that was handled: it is released at once where nothing is before it and its writes are kept. */
  add(turn: Turn): void {
    if (turn.isKept && this.#turns.length === 0) {
      this.#release(turn);
      return;
    }
    this.#turns.push(turn);
    this.#bytes += turn.bytes;
  }

  /** Some turn's writes are kept now. */
  advance(): void {
    let released = 0;
    while (released < this.#turns.length && this.#turns[released].isKept) released++;
    if (released > 0) this.#take(released);
  }

  /** Writes are lost: nothing that waits is released. */
  fail(error: unknown): void {
    for (const turn of this.#turns) {
      turn.failure ??= { error };
      turn.isKept = true;
    }
    this.#take(this.#turns.length);
  }

  /** Calls back, once, when nothing waits; at once where that is so. */
  whenEmpty(act: () => void): void {
    this.#when(() => this.isEmpty, act);
  }

  /** Calls back, once, when there is room for a further turn; at once where there is. */
  whenNotFull(act: () => void): void {
    this.#when(() => !this.isFull, act);
  }

  #when(isDue: () => boolean, act: () => void): void {
    if (isDue()) act();
    else this.#waiting.push({ isDue, act });
  }

  #take(count: number): void {
    const turns = this.#turns.splice(0, count);
    for (const turn of turns) this.#bytes -= turn.bytes;
    for (const turn of turns) this.#release(turn);
    const due = this.#waiting.filter(({ isDue }) => isDue());
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { act } of due) act();
  }
}
