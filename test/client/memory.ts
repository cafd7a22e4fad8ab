import { createHash } from "node:crypto";
import { type ManualClock, manualClock } from "wirehall/testing";
import { type DialPlan, type Opened, openWebSocket } from "../../src/client/dial.ts";
import type { ByteStream } from "../../src/client/stream.ts";
import { readTarget } from "../../src/client/target.ts";

/** The nonce of RFC 6455 1.3, and what answers it. */
const nonce = "the sample nonce";
export const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** A stream in memory, of which the test is the server. */
export class MemoryStream implements ByteStream {
  written = "";
  isDestroyed = false;
  readonly #chunks: (Uint8Array | undefined)[] = [];
  #failure: Error | undefined;
  #waiting: PromiseWithResolvers<Uint8Array | undefined> | undefined;

  write(bytes: Uint8Array): void {
    this.written += String.fromCharCode(...bytes);
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#chunks.length > 0) return this.#chunks.shift();
    this.#waiting = Promise.withResolvers();
    return await this.#waiting.promise;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.fail(new Error("the stream was destroyed"));
  }

  /** The server sends these; undefined is its FIN. */
  push(...texts: readonly (string | undefined)[]): void {
    for (const text of texts) {
      const chunk = text === undefined ? undefined : latin1(text);
      if (this.#waiting === undefined) this.#chunks.push(chunk);
      else this.#waiting.resolve(chunk);
      this.#waiting = undefined;
    }
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(error);
  }
}

/** A dial under way over a stream in memory. */
export interface Dialing {
  readonly stream: MemoryStream;
  readonly clock: ManualClock;
  readonly opened: Promise<Opened<MemoryStream>>;
}

export function dialInMemory(changes: Partial<DialPlan> = {}): Dialing {
  const stream = new MemoryStream();
  const clock = manualClock();
  const plan: DialPlan = {
    target: readTarget("ws://example.com/chat?a=b"),
    subprotocols: [],
    deflate: undefined,
    origin: undefined,
    headers: new Headers(),
    tls: {},
    proxy: "none",
    maxRedirects: 0,
    handshakeTimeoutMs: 10_000,
    signal: undefined,
    clock,
    ...changes,
  };
  const opened = openWebSocket(plan, {
    sha1: (bytes) => createHash("sha1").update(bytes).digest(),
    randomBytes: (target) => target.set(latin1(nonce)),
    gaps: () => ({}),
    environment: () => undefined,
    connect: async () => stream,
    startTls: async () => stream,
  });
  return { stream, clock, opened };
}

/** A server's answer of these lines, with its status line. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The answer that accepts, with lines replaced by name or left out, and others added. */
export function switching(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const usual = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": accept };
  const fields = Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== undefined);
  return head("HTTP/1.1 101 Switching Protocols", ...fields.map(([name, value]) => `${name}: ${value}`));
}
