import type { Socket } from "node:net";
import { Expired } from "../verdict.ts";

export type End = "fin" | "reset";

const pauseMs = 1;

/** The bytes of one TCP connection, kept until they are asked for. It never answers a FIN by itself. */
export class ByteStream {
  /** How the other side ended, as soon as it has. */
  end: End | undefined;
  readonly #socket: Socket;
  readonly #deadline: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #wake: (() => void) | undefined;

  /** `deadline` is in the time of `performance.now()`: every wait ends there. The socket is half-open. */
  constructor(socket: Socket, deadline: number) {
    this.#socket = socket;
    this.#deadline = deadline;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake?.();
    });
    const ended = (how: End): void => {
      this.end ??= how;
      this.#wake?.();
    };
    socket.on("end", () => ended("fin"));
    socket.on("error", () => ended("reset"));
    socket.on("close", () => ended("reset"));
  }

  /** How many bytes wait. */
  get size(): number {
    return this.#size;
  }

  /** The next bytes, at most `count` of them; they stay. */
  peek(count: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < Math.min(count, this.#size))
      this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.subarray(0, count) ?? Buffer.alloc(0);
  }

  /** Removes `count` bytes, which must be there, and returns them. */
  take(count: number): Buffer {
    const bytes = this.peek(count);
    const rest = this.#chunks[0]?.subarray(count);
    if (rest !== undefined) this.#chunks[0] = rest;
    if (rest?.length === 0) this.#chunks.shift();
    this.#size -= count;
    return bytes;
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(bytes);
  }

  /**
   * Writes pieces of `size` bytes, each by itself. Nothing tells when the other side has read one: without the pause
   * it gets several in one read, and never sees most of the cuts.
   */
  async writeChopped(bytes: Uint8Array, size: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      this.write(bytes.subarray(at, at + size));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Sends our FIN. */
  finish(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Resolves once `ready` holds; it is asked again after each event. Throws `Expired` at the deadline. */
  async until(ready: () => boolean, what: string): Promise<void> {
    while (!ready()) {
      const left = this.#deadline - performance.now();
      if (left <= 0 || !(await this.#event(left))) throw new Expired(what);
    }
  }

  /** Whether `ready` came to hold within `ms`: for the few questions to which silence is an answer. */
  async within(ms: number, ready: () => boolean): Promise<boolean> {
    const last = Math.min(this.#deadline, performance.now() + ms);
    while (!ready()) {
      const left = last - performance.now();
      if (left <= 0 || !(await this.#event(left))) return ready();
    }
    return true;
  }

  #event(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (came: boolean): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(came);
      };
      const timer = setTimeout(() => settle(false), ms);
      this.#wake = () => settle(true);
    });
  }
}
