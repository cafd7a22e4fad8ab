import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { attach } from "../../runtimes/node/attach.ts";
import type { Endpoint } from "../../src/mod.ts";

type Written = (error?: Error | null) => void;

/** The server's end of a byte stream whose peer reads, or does not, as the test says. */
export class PeerStream extends Duplex {
  /** The most bytes that the stream was given at once, by one write or by several that were corked. */
  mostBytes = 0;
  reads = true;
  #waiting: (() => void) | undefined;

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, written: Written): void {
    this.#take([chunk], written);
  }

  override _writev(chunks: { chunk: Uint8Array }[], written: Written): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      written,
    );
  }

  /** What waits is read, and what comes then. */
  readOn(): void {
    this.reads = true;
    this.#waiting?.();
  }

  #take(chunks: readonly Uint8Array[], written: Written): void {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    this.mostBytes = Math.max(this.mostBytes, bytes);
    const take = () => {
      this.#waiting = undefined;
      // Few tests look at what came; those with thousands of peers must not keep it.
      if (this.listenerCount("taken") > 0) this.emit("taken", chunks);
      written();
    };
    if (this.reads) take();
    else this.#waiting = take;
  }
}

/** An endpoint that is attached to no server: peers are made as they are needed, without sockets. */
export function peersOf(
  endpoint: Endpoint,
  more: Readonly<Record<string, string>> = {},
): { connect(): Promise<PeerStream> } {
  const server = new EventEmitter();
  attach(server, { fetch: endpoint });
  const headers = {
    host: "localhost",
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...more,
  };
  const rawHeaders = Object.entries(headers).flat();
  return {
    async connect() {
      const stream = new PeerStream();
      const request = { method: "GET", url: "/", httpVersion: "1.1", headers, rawHeaders, socket: {} };
      server.emit("upgrade", request as unknown as IncomingMessage, stream, new Uint8Array(0));
      // The 101 is the first write.
      while (stream.mostBytes === 0) await new Promise((resolve) => setImmediate(resolve));
      return stream;
    },
  };
}
