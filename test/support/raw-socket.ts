import { connect, type Socket } from "node:net";

export type End = "fin" | "reset";

/** No wait may be shorter than what a loaded machine needs: this only turns a hang into a failure. */
export const deadlineMs = 20_000;

/**
 * A TCP connection that keeps what arrives until it is asked for.
 *
 * It never answers a FIN by itself, so that a test can see who closed first. Each wait is for an event; past the
 * deadline it fails with what was awaited and what had arrived.
 */
export class RawSocket {
  /** Bytes that arrived and were not yet taken. */
  received: Buffer = Buffer.alloc(0);
  /** How the peer ended its side, as soon as it has. */
  end: End | undefined;
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  /** Reading pauses when so much has come. */
  #wantedBytes = Number.POSITIVE_INFINITY;
  #waiting: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#wantedBytes -= chunk.length;
      if (this.#wantedBytes <= 0) socket.pause();
      this.#waiting?.();
    });
    socket.on("end", () => this.#ended("fin"));
    socket.on("error", () => this.#ended("reset"));
    socket.on("close", () => this.#ended("reset"));
  }

  /** `from` is the address of our side: on Linux any of 127.0.0.0/8. */
  static open(port: number, from?: string): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", localAddress: from, allowHalfOpen: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new RawSocket(socket));
      });
    });
  }

  /** The server's end of a connection, which has to be half-open. */
  static over(socket: Socket): RawSocket {
    return new RawSocket(socket);
  }

  write(bytes: string | Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Sends our FIN: nothing is written after it. */
  finish(): void {
    this.#socket.end();
  }

  /** Drops the connection with a TCP reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Stops reading, so that the peer's output backs up. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads about so many bytes, then stops again. */
  readSome(bytes: number): void {
    this.#wantedBytes = bytes;
    this.#socket.resume();
  }

  resume(): void {
    this.#wantedBytes = Number.POSITIVE_INFINITY;
    this.#socket.resume();
  }

  /** Resolves once `look` finds something; it is asked again after each event of the connection. */
  wait<T>(look: () => T | undefined, what: () => string): Promise<T> {
    const attempt = (): T | undefined => {
      if (this.#chunks.length > 0) {
        this.received = Buffer.concat([this.received, ...this.#chunks]);
        this.#chunks = [];
      }
      return look();
    };
    if (this.#waiting !== undefined) throw new Error("a connection can wait for one thing at a time");
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
      };
      const check = (): void => {
        try {
          const found = attempt();
          if (found === undefined) return;
          settle();
          resolve(found);
        } catch (error) {
          settle();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        settle();
        reject(new Error(`nothing came for ${deadlineMs} ms: ${what()}`));
      }, deadlineMs);
      this.#waiting = check;
      check();
    });
  }

  #ended(end: End): void {
    this.end ??= end;
    this.#waiting?.();
  }
}
