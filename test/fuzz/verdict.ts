import type { EventEmitter } from "node:events";
import * as ws from "ws";
import { type CloseEnd, type Role, type TextCodec, Wire, type WireSink } from "../../src/protocol/mod.ts";
import { CLOSE, closeFrame, concat, PONG, readFrames } from "../protocol/frames.ts";
import { seededBytes } from "../protocol/probe.ts";

/** What a peer sends, how it is cut into reads, and the limits of who reads it. */
export interface Input {
  /** The role of the reader: a server's peer masks. */
  readonly role: Role;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
}

/** What a reader made of an input. */
export interface Verdict {
  /** Messages, pings and pongs in order: a kind and hex. */
  readonly events: readonly string[];
  /** `open`, `close CODE REASON-HEX` for the peer's close frame, `fail CODE`, or what should never be. */
  readonly end: string;
  /** The bytes that had been given when it ended. */
  readonly endAt: number;
}

export function sameVerdict(one: Verdict, other: Verdict): boolean {
  return one.end === other.end && sameEvents(one.events, other.events);
}

export function describeVerdict({ events, end }: Verdict): string {
  return [...events.map((event) => (event.length > 60 ? `${event.slice(0, 60)}...` : event)), end].join(", ");
}

export function sameEvents(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && beginsWith(one, other);
}

export function beginsWith(events: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((event, index) => events[index] === event);
}

/** Reads an input; differential.test.ts puts faulty readers in the place of Wirehall's. */
export type ReadInput = (input: Input) => Verdict;

export function readByWirehall(input: Input, text?: TextCodec): Verdict {
  const reader = new Listener(input, text);
  let given = 0;
  for (const chunk of chunks(input)) {
    try {
      reader.wire.receive(new Uint8Array(chunk));
    } catch (error) {
      return { events: reader.events, end: `threw ${error}`, endAt: given + chunk.length };
    }
    given += chunk.length;
    if (reader.wire.state === "closed") break;
  }
  reader.drain();
  return { events: reader.events, end: reader.end, endAt: given };
}

class Listener implements WireSink {
  readonly events: string[] = [];
  readonly wire: Wire;
  end = "open";
  readonly #masks: boolean;
  #closeFrame: Uint8Array | undefined;

  constructor({ role, maxMessageBytes, maxFragments }: Input, text: TextCodec | undefined) {
    this.#masks = role === "client";
    const randomBytes = seededBytes(3);
    this.wire = new Wire(this, { role, maxMessageBytes, maxFragments, randomBytes, ...(text && { text }) });
  }

  message(data: string | Uint8Array): void {
    this.#tell(typeof data === "string" ? `text ${hex(encoder.encode(data))}` : `binary ${hex(data)}`);
  }

  pong(payload: Uint8Array): void {
    this.#tell(`pong ${hex(payload)}`);
  }

  closed({ code, reason, wasClean }: CloseEnd): void {
    this.drain();
    const reasonHex = hex(encoder.encode(reason));
    const sent = this.#closeFrame && hex(this.#closeFrame);
    const due = hex(closeFrame(code === 1005 ? undefined : code, reason, { mask: false }).subarray(2));
    if (this.end !== "open") this.end = "closed twice";
    else if (sent !== due) this.end = `closed told ${code} ${reasonHex}, but sent ${sent}`;
    else this.end = wasClean ? `close ${code} ${reasonHex}` : `fail ${code}`;
  }

  /** A ping is seen by its pong in the output, which is taken before each event that follows. */
  drain(): void {
    for (const { opcode, payload, masked } of readFrames(concat(...this.wire.takeOutput()))) {
      if (masked !== this.#masks) this.end = "sent a frame masked wrong";
      else if (this.#closeFrame !== undefined) this.end = "sent a frame after its close frame";
      else if (opcode === PONG) this.events.push(`ping ${hex(payload)}`);
      else if (opcode === CLOSE) this.#closeFrame = payload;
      else this.end = `sent a frame of opcode ${opcode}`;
    }
  }

  #tell(event: string): void {
    this.drain();
    this.events.push(event);
    if (this.end !== "open") this.end = `told ${event} after the end`;
  }
}

interface WsReceiver extends EventEmitter {
  _write(chunk: Buffer, encoding: string, done: (error?: Error | null) => void): void;
}
const { Receiver } = ws as unknown as { Receiver: new (options: Record<string, unknown>) => WsReceiver };

/** By `_write`, which is what a Writable calls: its faults come back at once and not by an event later. */
export function readByWs({ role, maxMessageBytes, maxFragments, bytes, cuts }: Input): Verdict {
  const events: string[] = [];
  let end = "open";
  const receiver = new Receiver({
    isServer: role === "server",
    maxPayload: maxMessageBytes,
    maxFragments,
    skipUTF8Validation: false,
  });
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    events.push(`${isBinary ? "binary" : "text"} ${hex(data)}`);
  });
  receiver.on("ping", (payload: Buffer) => events.push(`ping ${hex(payload)}`));
  receiver.on("pong", (payload: Buffer) => events.push(`pong ${hex(payload)}`));
  receiver.on("conclude", (code: number, reason: Buffer) => {
    end = `close ${code} ${hex(reason)}`;
  });
  let given = 0;
  for (const chunk of chunks({ bytes, cuts })) {
    receiver._write(Buffer.from(chunk), "buffer", (error) => {
      if (error) end = `fail ${statusOf(error)}`;
    });
    given += chunk.length;
    if (end !== "open") break;
  }
  return { events, end, endAt: given };
}

function statusOf(error: Error): unknown {
  const symbol = Object.getOwnPropertySymbols(error).find((each) => each.description === "status-code");
  return symbol === undefined ? `without a status: ${error}` : Reflect.get(error, symbol);
}

function* chunks({ bytes, cuts }: Pick<Input, "bytes" | "cuts">): Generator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (cut > from && cut <= bytes.length) {
      yield bytes.subarray(from, cut);
      from = cut;
    }
  }
}

const encoder = new TextEncoder();

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
