import { Breach } from "../verdict.ts";
import { type Agreement, Deflater, Inflater } from "./deflate.ts";
import { closePayload, encodeFrame, type FrameSpec, opcode } from "./frame.ts";
import { receive, type Whole } from "./receive.ts";
import { show, showClose } from "./show.ts";
import type { ByteStream, End } from "./stream.ts";
import { firstFault } from "./utf8.ts";

/** What the subject did next. */
export type Event =
  | { readonly kind: "text" | "binary"; readonly data: Buffer; readonly compressed: boolean }
  | { readonly kind: "pong"; readonly data: Buffer }
  | { readonly kind: "close"; readonly code: number | undefined; readonly reason: Buffer }
  | { readonly kind: "end"; readonly how: End };

/** The tool's end of a WebSocket: it can send anything, and checks all that the subject sends. */
export class Peer {
  readonly stream: ByteStream;
  /** Which role the tool has on this connection. */
  readonly role: "client" | "server";
  readonly agreement: Agreement | undefined;
  /** What was seen, in words. */
  readonly log: string[] = [];
  /** The masking keys of the subject's frames. */
  readonly keys: string[] = [];
  readonly deflater: Deflater | undefined;
  readonly #inflater: Inflater | undefined;
  #closed = false;

  constructor(stream: ByteStream, role: "client" | "server", agreement?: Agreement) {
    this.stream = stream;
    this.role = role;
    this.agreement = agreement;
    if (agreement === undefined) return;
    this.deflater = new Deflater(agreement.toSubject);
    this.#inflater = new Inflater(agreement.fromSubject);
  }

  /** The bytes of frames, masked as the role asks where a frame does not say otherwise. */
  encode(frames: readonly FrameSpec[]): Buffer {
    return Buffer.concat(frames.map((frame) => encodeFrame(frame, this.role === "client")));
  }

  /** Sends frames in one write. */
  send(...frames: readonly FrameSpec[]): void {
    this.sendAll(frames);
  }

  /** Sends frames in one write, however many. */
  sendAll(frames: readonly FrameSpec[]): void {
    this.stream.write(this.encode(frames));
  }

  sendClose(code = 1000): void {
    this.send({ opcode: opcode.close, payload: closePayload(code) });
  }

  /** What the subject does next; its pings are answered and passed over. Throws `Breach` or `Expired`. */
  async next(what: string): Promise<Event> {
    for (;;) {
      const received = await receive(this, what);
      if (received.kind === "end") {
        this.log.push(received.how === "fin" ? "the end of TCP" : "a reset of TCP");
        return received;
      }
      if (received.kind === "ping") this.send({ opcode: opcode.pong, payload: received.data });
      else if (received.kind === "pong") {
        this.log.push(`Pong ${show(received.data)}`);
        return { kind: "pong", data: received.data };
      } else if ("compressed" in received) return this.#message(received);
      else return this.#close(received.data);
    }
  }

  /** What was seen so far, the last of it if it is much. */
  get story(): string {
    const shown = this.log.slice(-6);
    const rest = this.log.length - shown.length;
    if (shown.length === 0) return "nothing";
    return `${rest > 0 ? `${rest} events, then ` : ""}${shown.join(", then ")}`;
  }

  #close(payload: Buffer): Event {
    if (this.#closed) throw new Breach("a second Close frame");
    this.#closed = true;
    if (payload.length === 1) throw new Breach("a Close frame with a payload of 1 byte");
    const code = payload.length === 0 ? undefined : payload.readUInt16BE();
    const reason = payload.subarray(2);
    this.log.push(showClose(code, reason));
    if (code !== undefined && !maySend(code)) throw new Breach(`a Close frame with the code ${code}`);
    if (firstFault(reason) !== -1) throw new Breach("a Close frame whose reason is not UTF-8");
    return { kind: "close", code, reason };
  }

  #message({ kind, data, compressed }: Whole): Event {
    if (this.#closed) throw new Breach("a message after a Close frame");
    const plain = compressed ? this.#inflate(data) : data;
    const name = kind === "text" ? "Text" : "Binary";
    this.log.push(`${name}${compressed ? ", compressed," : ""} ${show(plain)}`);
    if (kind === "text" && firstFault(plain) !== -1) throw new Breach("a text message that is not UTF-8");
    return { kind, data: plain, compressed };
  }

  #inflate(data: Buffer): Buffer {
    try {
      return (this.#inflater as Inflater).message(data);
    } catch (error) {
      throw new Breach(
        `a compressed message that cannot be inflated (${(error as Error).message}): ${show(data)}`,
      );
    }
  }
}

/** Codes that an endpoint may put in a Close frame: RFC 6455, 7.4, and IANA's registry. */
function maySend(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}
