/** A message that is sent once there is room: the newest of its key. */
export type KeptMessage = string | Uint8Array;

/** The newest message of each key, in the order in which they were sent. */
export class KeptMessages {
  readonly #messages = new Map<string, KeptMessage>();
  #bytes = 0;

  get size(): number {
    return this.#messages.size;
  }

  /** Bytes of binary messages, and UTF-16 units of texts and keys. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a message in the place of an older one of its key; what it is given is its own. */
  keep(key: string, message: KeptMessage): void {
    this.#forget(key);
    this.#messages.set(key, message);
    this.#bytes += key.length + message.length;
  }

  first(): KeptMessage | undefined {
    return this.#messages.values().next().value;
  }

  removeFirst(): void {
    const { value } = this.#messages.keys().next();
    if (value !== undefined) this.#forget(value);
  }

  #forget(key: string): void {
    const message = this.#messages.get(key);
    if (message === undefined) return;
    this.#messages.delete(key);
    this.#bytes -= key.length + message.length;
  }
}
