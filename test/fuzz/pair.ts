import fc, { type Arbitrary } from "fast-check";
import { type CloseEnd, type Role, Wire, type WireSink } from "../../src/protocol/mod.ts";
import { concat } from "../protocol/frames.ts";
import { seededBytes } from "../protocol/probe.ts";
import { type Message, message } from "./arbitraries.ts";

export type Step = { from: Role } & (
  | { do: "send"; message: Message }
  | { do: "ping" | "pong" }
  | { do: "close"; code: number | undefined; reason: string }
  | { do: "deliver"; bytes: number }
);

const from = fc.constantFrom<Role>("server", "client");
const close = fc
  .tuple(
    from,
    fc.constantFrom(undefined, 1000, 1011, 3000, 4999),
    fc.string({ unit: "binary", maxLength: 30 }),
  )
  .map(
    ([from, code, reason]): Step => ({ from, do: "close", code, reason: code === undefined ? "" : reason }),
  );

/** What two ends of a connection do, and how the bytes between them come in. */
export const steps: Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ from, do: fc.constant("send" as const), message }) },
    { weight: 4, arbitrary: fc.record({ from, do: fc.constantFrom("ping" as const, "pong" as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({ from, do: fc.constant("deliver" as const), bytes: fc.nat({ max: 200 }) }),
    },
    { weight: 1, arbitrary: close },
  ),
  { maxLength: 40 },
);

/** One end: its wire, what it heard, what its wire took to send, and the bytes on their way from it. */
export class End implements WireSink {
  readonly wire: Wire;
  readonly messages: Message[] = [];
  readonly pongs: string[] = [];
  readonly ends: CloseEnd[] = [];
  readonly taken: { messages: Message[]; pings: string[]; pongs: string[]; close?: CloseEnd } = {
    messages: [],
    pings: [],
    pongs: [],
  };
  #onTheWay = new Uint8Array(0);

  constructor(role: Role) {
    this.wire = new Wire(this, { role, randomBytes: seededBytes(5) });
  }

  message(data: Message): void {
    this.messages.push(data);
  }

  pong(payload: Uint8Array): void {
    this.pongs.push(new TextDecoder().decode(payload));
  }

  closed(end: CloseEnd): void {
    this.ends.push(end);
  }

  /** Does a step; returns whether the wire took it. */
  do(step: Exclude<Step, { do: "deliver" }>): boolean {
    const { wire, taken } = this;
    switch (step.do) {
      case "send":
        return wire.sendMessage(step.message) && taken.messages.push(step.message) > 0;
      case "ping": {
        const name = `ping ${taken.pings.length}`;
        return wire.sendPing(name) && taken.pings.push(name) > 0;
      }
      case "pong": {
        const name = `unasked ${taken.pongs.length}`;
        return wire.sendPong(name) && taken.pongs.push(name) > 0;
      }
      case "close": {
        const { code, reason } = step;
        if (!wire.sendClose(code, reason)) return false;
        taken.close = { code: code ?? 1005, reason: reason.toWellFormed(), wasClean: true };
        return true;
      }
    }
  }

  /** Takes bytes that are on their way from this end. */
  takeBytes(most: number): Uint8Array {
    const all = concat(this.#onTheWay, ...this.wire.takeOutput());
    this.#onTheWay = all.slice(most);
    return all.slice(0, most);
  }
}
