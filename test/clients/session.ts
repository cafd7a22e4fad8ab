/** What the cases need of a client, whoever wrote it. */
export interface Session {
  readonly protocol: string;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** The next message. Rejects when the connection ends first. */
  message(): Promise<string | Uint8Array>;
  closed(): Promise<{ code: number; reason: string; wasClean: boolean }>;
}

export interface ClientKind {
  readonly name: string;
  open(url: string, protocols?: string[]): Promise<Session>;
}

/** Whatever comes, in order, for a reader who takes it one by one. */
export class Arrivals<T> {
  #values: T[] = [];
  #readers: PromiseWithResolvers<T>[] = [];
  #error: Error | undefined;

  push(value: T): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#values.push(value);
    else reader.resolve(value);
  }

  end(error: Error): void {
    this.#error = error;
    for (const reader of this.#readers.splice(0)) reader.reject(error);
  }

  next(): Promise<T> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift() as T);
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const reader = Promise.withResolvers<T>();
    this.#readers.push(reader);
    return reader.promise;
  }
}
