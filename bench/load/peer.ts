import { createHash, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { FrameCounter } from "../frames.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const END_OF_HEAD = "\r\n\r\n";

// All connections are read one after another on one thread, into one buffer.
const incoming = Buffer.alloc(65_536);

/** One connection of the load: a WebSocket client on a raw socket. */
export class Peer {
  /** Called with how many messages a read has completed. */
  onMessages: (count: number) => void = () => {};
  /** Called once when the connection can't go on. */
  onFailure: (error: Error) => void = () => {};
  readonly opened: Promise<void>;

  readonly #socket: Socket;
  readonly #counter: FrameCounter;
  readonly #key: string = randomBytes(16).toString("base64");
  #head: string | undefined = "";
  #ended = false;
  #resolveOpened: () => void = () => {};

  constructor(port: number, path: string, payload: Buffer) {
    this.#counter = new FrameCounter(payload);
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.onFailure = reject;
    });
    this.#socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      onread: { buffer: incoming, callback: (bytes) => this.#read(bytes) },
    });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the server closed a connection")));
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${this.#key}\r\n\r\n`,
    );
  }

  write(frames: Uint8Array): void {
    this.#socket.write(frames);
  }

  end(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #read(length: number): boolean {
    try {
      const start = this.#head === undefined ? 0 : this.#readHead(this.#head, length);
      const count = this.#counter.take(incoming, start, length);
      if (count > 0) this.onMessages(count);
    } catch (error) {
      this.#fail(error as Error);
    }
    return true;
  }

  /** Returns where the frames begin. */
  #readHead(before: string, length: number): number {
    const head = before + incoming.toString("latin1", 0, length);
    const end = head.indexOf(END_OF_HEAD);
    if (end < 0) {
      this.#head = head;
      return length;
    }
    this.#head = undefined;
    const accept = createHash("sha1").update(this.#key).update(GUID).digest("base64");
    const accepted = /^sec-websocket-accept: *(\S+)/im.exec(head)?.[1] === accept;
    if (!head.startsWith("HTTP/1.1 101 ") || !accepted) {
      throw new Error(`the server did not accept: ${head.split("\r\n", 1)[0]}`);
    }
    this.#resolveOpened();
    return end + END_OF_HEAD.length - before.length;
  }

  #fail(error: Error): void {
    if (this.#ended) return;
    this.end();
    this.onFailure(error);
  }
}
