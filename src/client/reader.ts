import { WirehallError } from "../errors.ts";

/** What waits for a loop to take it, at most. */
const MAX_UNREAD = 10_000;

/** What one loop has not read yet. */
export class Reader<T> {
  /** Undefined stands for what a later one with the same key replaced. */
  #unread: (T | undefined)[] = [];
  /** Where in the list what has a key lies. */
  #keyed = new Map<string, number>();
  #isOver = false;
  #error: WirehallError | undefined;
  #wake = (): void => {};

  push(item: T, key?: string): void {
    if (this.#isOver) return;
    if (this.#unread.length >= MAX_UNREAD) {
      this.#unread = [];
      this.end(
        new WirehallError(
          "READER_TOO_SLOW",
          `${MAX_UNREAD} messages wait for this loop, the limit: read faster`,
        ),
      );
      return;
    }
    if (key !== undefined) {
      const before = this.#keyed.get(key);
      if (before !== undefined) this.#unread[before] = undefined;
      this.#keyed.set(key, this.#unread.length);
    }
    this.#unread.push(item);
    this.#wake();
  }

  /** What waits is still read; then the loop ends, or throws the error. */
  end(error?: WirehallError): void {
    this.#isOver = true;
    this.#error ??= error;
    this.#wake();
  }

  /** For one loop; `left` is called when it ends. */
  async *read(left: () => void): AsyncGenerator<T, undefined> {
    try {
      for (;;) {
        const batch = this.#unread;
        this.#unread = [];
        this.#keyed.clear();
        for (const item of batch) if (item !== undefined) yield item;
        if (this.#unread.length > 0) continue;
        if (this.#error !== undefined) throw this.#error;
        if (this.#isOver) return undefined;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      left();
    }
  }
}
