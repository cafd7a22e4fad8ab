import { createHash, randomBytes } from "node:crypto";
import {
  closePayload,
  decodeFrame,
  describeFrame,
  encodeFrame,
  type Frame,
  type FrameToSend,
  opcodes,
} from "./raw-frames.ts";
import { type Answer, readAnswer } from "./raw-http.ts";
import { type End, RawSocket } from "./raw-socket.ts";

export interface RawRequest {
  /** [GET] */
  readonly method?: string;
  readonly path: string;
  /** Headers in place of the usual ones of an upgrade, by lower-case name; null leaves one out. */
  readonly replace?: Readonly<Record<string, string | null>>;
  /** Further lines, in order; a name may come twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Bytes that follow the request in the same write. */
  readonly early?: Uint8Array;
  /** The address of our side [127.0.0.1]. */
  readonly from?: string;
}

/** How a connection ended, as the client saw it. */
export interface RawEnd {
  /** Of the close frame: undefined without one, 1005 when it was empty. */
  readonly code: number | undefined;
  readonly reason: string;
  readonly tcp: End;
}

/** A WebSocket client with full control over every byte, for tests. */
export class RawClient {
  readonly socket: RawSocket;
  readonly key: string = randomBytes(16).toString("base64");
  readonly #log: string[] = [];

  private constructor(socket: RawSocket) {
    this.socket = socket;
  }

  static async connect(port: number, from?: string): Promise<RawClient> {
    return new RawClient(await RawSocket.open(port, from));
  }

  /** Writes an upgrade request, well formed as far as `request` does not say otherwise. */
  writeUpgrade(request: RawRequest, port: number): void {
    const usual: Record<string, string | null> = {
      host: `127.0.0.1:${port}`,
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-version": "13",
      "sec-websocket-key": this.key,
      ...request.replace,
    };
    const lines = [`${request.method ?? "GET"} ${request.path} HTTP/1.1`];
    for (const [name, value] of Object.entries(usual)) if (value !== null) lines.push(`${name}: ${value}`);
    for (const [name, value] of request.headers ?? []) lines.push(`${name}: ${value}`);
    const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    this.socket.write(request.early === undefined ? head : Buffer.concat([head, request.early]));
  }

  answer(): Promise<Answer> {
    return readAnswer(this.socket);
  }

  /** What RFC 6455, 4.2.2 makes of our key. */
  get expectedAccept(): string {
    return createHash("sha1").update(`${this.key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  }

  send(...frames: readonly FrameToSend[]): void {
    this.socket.write(Buffer.concat(frames.map(encodeFrame)));
  }

  text(...texts: readonly string[]): void {
    this.send(...texts.map((payload) => ({ opcode: opcodes.text, payload })));
  }

  binary(payload: Uint8Array): void {
    this.send({ opcode: opcodes.binary, payload });
  }

  ping(payload: string): void {
    this.send({ opcode: opcodes.ping, payload });
  }

  close(code?: number, reason?: string): void {
    this.send({ opcode: opcodes.close, payload: code === undefined ? "" : closePayload(code, reason) });
  }

  /** The next frame, of whatever kind. Fails when the connection ends first. */
  async frame(what = "a frame"): Promise<Frame> {
    const frame = await this.#next(what);
    if (frame === undefined)
      throw new Error(`awaited ${what}, but TCP ended (${this.socket.end}); ${this.#story()}`);
    return frame;
  }

  /** The next message, whose fragments are put together; control frames before its end fail the test. */
  async message(what = "a message"): Promise<string | Uint8Array> {
    const first = await this.frame(what);
    if (first.opcode !== opcodes.text && first.opcode !== opcodes.binary) {
      throw new Error(`awaited ${what}; ${this.#story()}`);
    }
    const parts = [first.payload];
    for (let last = first; !last.fin; ) {
      last = await this.frame(`the rest of ${what}`);
      if (last.opcode !== opcodes.continuation)
        throw new Error(`awaited the rest of ${what}; ${this.#story()}`);
      parts.push(last.payload);
    }
    const whole = Buffer.concat(parts);
    return first.opcode === opcodes.text ? whole.toString("utf8") : new Uint8Array(whole);
  }

  async messages(count: number, what = "messages"): Promise<(string | Uint8Array)[]> {
    const all: (string | Uint8Array)[] = [];
    while (all.length < count) all.push(await this.message(`number ${all.length + 1} of ${count} ${what}`));
    return all;
  }

  /** The server's close frame, if any, and the end of its side of TCP. Any other frame on the way fails the test. */
  async ended(what = "the end"): Promise<RawEnd> {
    const frame = await this.#next(what);
    if (frame === undefined) return { code: undefined, reason: "", tcp: await this.#tcpEnd() };
    return await this.#endAfter(frame, what);
  }

  /** The server's close frame, which is answered as RFC 6455, 5.5.1 asks, and the end of its side of TCP. */
  async endedByServer(what = "the server's close frame"): Promise<RawEnd> {
    const frame = await this.frame(what);
    this.send({ opcode: opcodes.close, payload: frame.payload });
    return await this.#endAfter(frame, what);
  }

  async #endAfter(frame: Frame, what: string): Promise<RawEnd> {
    if (frame.opcode !== opcodes.close) throw new Error(`awaited ${what}; ${this.#story()}`);
    const after = await this.#next("the end of TCP after the close frame");
    if (after !== undefined) throw new Error(`a frame came after the close frame; ${this.#story()}`);
    const tcp = await this.#tcpEnd();
    if (frame.payload.length === 0) return { code: 1005, reason: "", tcp };
    return { code: frame.payload.readUInt16BE(), reason: frame.payload.toString("utf8", 2), tcp };
  }

  #tcpEnd(): Promise<End> {
    return this.socket.wait(
      () => this.socket.end,
      () => "awaited the end of TCP",
    );
  }

  /** The next frame, or undefined once the server has ended its side of TCP. */
  async #next(what: string): Promise<Frame | undefined> {
    const found = await this.socket.wait(
      () => {
        const decoded = decodeFrame(this.socket.received);
        if (decoded !== undefined) {
          this.socket.received = this.socket.received.subarray(decoded.size);
          return decoded.frame;
        }
        if (this.socket.end === undefined) return undefined;
        if (this.socket.received.length > 0) throw new Error(`TCP ended inside a frame; ${this.#story()}`);
        return "end" as const;
      },
      () => `awaited ${what}; ${this.#story()}`,
    );
    if (found === "end") return undefined;
    this.#log.push(describeFrame(found));
    if (found.masked) throw new Error(`the server masked a frame; ${this.#story()}`);
    return found;
  }

  #story(): string {
    const frames = this.#log.length === 0 ? "no frame" : this.#log.slice(-5).join(", then ");
    const rest = this.socket.received.length === 0 ? "" : `, then ${this.socket.received.length} bytes`;
    return `${this.#log.length} frames had come, the last: ${frames}${rest}`;
  }
}
