import {
  type CloseEnd,
  type SharedMessage,
  Wire,
  type WireOptions,
  type WireSink,
} from "../../src/protocol/mod.ts";
import { concat, describe, hex, readFrames, seeded } from "./frames.ts";

/** A wire whose sink keeps what it was told as lines to compare, and may do more by `on`. */
export class Probe implements WireSink {
  readonly wire: Wire;
  readonly events: string[] = [];
  readonly received: (string | Uint8Array)[] = [];
  readonly ends: CloseEnd[] = [];
  on: {
    message?(data: string | Uint8Array): void;
    pong?(payload: Uint8Array): void;
    closed?(end: CloseEnd): void;
  } = {};

  constructor(options: Partial<WireOptions> = {}) {
    this.wire = new Wire(this, { role: "server", randomBytes: seededBytes(1), ...options });
  }

  message(data: string | Uint8Array): void {
    this.received.push(data);
    this.events.push(typeof data === "string" ? `text ${JSON.stringify(data)}` : `binary ${hex(data)}`);
    this.on.message?.(data);
  }

  pong(payload: Uint8Array): void {
    this.events.push(`pong ${hex(payload)}`);
    this.on.pong?.(payload);
  }

  closed(end: CloseEnd): void {
    this.ends.push(end);
    this.events.push(
      `closed ${end.code} ${JSON.stringify(end.reason)} ${end.wasClean ? "clean" : "unclean"}`,
    );
    this.on.closed?.(end);
  }

  /** Gives the wire a copy of the bytes, which it may unmask in place. */
  receive(...parts: readonly Uint8Array[]): this {
    this.wire.receive(concat(...parts));
    return this;
  }

  send(...messages: readonly (string | Uint8Array | SharedMessage)[]): this {
    for (const message of messages) this.wire.sendMessage(message);
    return this;
  }

  takeBytes(): Uint8Array {
    return concat(...this.wire.takeOutput());
  }

  /** What the wire put out since last asked, as lines. */
  sent(): string[] {
    return readFrames(this.takeBytes()).map(describe);
  }
}

export function server(options: Partial<WireOptions> = {}): Probe {
  return new Probe({ ...options, role: "server" });
}

export function client(options: Partial<WireOptions> = {}): Probe {
  return new Probe({ ...options, role: "client" });
}

export function seededBytes(seed: number): (target: Uint8Array) => void {
  const random = seeded(seed);
  return (target) => {
    for (let index = 0; index < target.length; index++) target[index] = Math.floor(random() * 256);
  };
}
