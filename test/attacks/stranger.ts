import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

export interface StrangerRequest {
  readonly path?: string;
  readonly headers?: readonly string[];
}

export interface StrangerOptions {
  /** False never takes what comes [true]. */
  readonly reads?: boolean;
  /** An address of loopback, so that one client looks like another. */
  readonly localAddress?: string;
}

/** The head of an upgrade, as a browser without a page would send it. */
export function upgradeHead(port: number, { path = "/echo", headers = [] }: StrangerRequest = {}): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    ...headers,
    "\r\n",
  ].join("\r\n");
}

/** A TCP connection in bad hands: it counts what it gets, and survives whatever the server does with it. */
export class Stranger {
  readonly socket: Socket;
  /** Of the answer's status line; undefined until it has come. */
  status: number | undefined;
  receivedBytes = 0;
  sentBytes = 0;
  ended = false;
  readonly closed: Promise<void>;
  #head = "";

  constructor(port: number, { reads = true, localAddress }: StrangerOptions = {}) {
    this.socket = connect({ port, host: "127.0.0.1", localAddress, allowHalfOpen: true });
    this.socket.on("error", () => {});
    this.socket.on("end", () => {
      this.ended = true;
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", () => {
        this.ended = true;
        resolve();
      });
    });
    if (reads) this.socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** Asks for an upgrade, and resolves with the status; undefined where the server gave none. */
  async open(port: number, request?: StrangerRequest): Promise<number | undefined> {
    this.write(upgradeHead(port, request));
    while (this.status === undefined && !this.ended) {
      await this.next("data", "end");
    }
    return this.status;
  }

  /** Writes, and resolves once there is room for more, or nobody to take it. */
  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.socket.destroyed || !this.socket.writable) return;
    this.sentBytes += bytes.length;
    if (this.socket.write(bytes)) return;
    await this.next("drain");
  }

  /** Resolves with one of these events, or with the end of the socket; an error is not its own. */
  next(...events: readonly ("data" | "end" | "drain")[]): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        for (const event of [...events, "close"]) this.socket.off(event, settle);
        resolve();
      };
      for (const event of [...events, "close"]) this.socket.on(event, settle);
      if (this.socket.closed) settle();
    });
  }

  drop(): void {
    this.socket.destroy();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  #read(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.status !== undefined) return;
    this.#head += chunk.toString("latin1", 0, 64);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(this.#head)?.[1];
    if (status !== undefined) this.status = Number(status);
  }
}
