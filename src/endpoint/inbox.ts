/** Messages that wait for a handler, oldest first, with their size. */
export class Inbox {
  #items: (string | Uint8Array)[] = [];
  #head = 0;
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Bytes of binary messages and UTF-16 units of texts. */
  get bytes(): number {
    return this.#bytes;
  }

  push(data: string | Uint8Array): void {
    this.#items.push(data);
    this.#bytes += data.length;
  }

  shift(): string | Uint8Array {
    const data = this.#items[this.#head];
    this.#items[this.#head++] = "";
    this.#bytes -= data.length;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head >= 1024) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return data;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}
