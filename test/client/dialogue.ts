import assert from "node:assert/strict";
import { PING, PONG } from "../../src/subprotocol/mod.ts";
import { vectors } from "../subprotocol/vectors.ts";

/** A frame: a JSON value, the text of a keepalive, or bytes that are no frame at all. */
export type Frame = Readonly<Record<string, unknown>> | string | Uint8Array;

export interface Step {
  readonly on?: string;
  readonly open?: true;
  readonly client?: Frame;
  readonly server?: Frame | readonly Frame[];
  readonly app?: {
    readonly send?: { readonly name?: string; readonly data: unknown };
    readonly volatile?: { readonly name?: string; readonly data: unknown };
    readonly call?: string;
    readonly args?: readonly unknown[];
  };
  readonly expect?: Readonly<Record<string, unknown>> & { readonly members?: readonly string[] };
  readonly lost?: true;
  readonly close?: { readonly by: "client" | "server"; readonly code: number; readonly reason?: string };
  readonly end?: true;
  readonly forget?: "sessions" | "history";
}

export interface Dialogue {
  readonly name: string;
  readonly for: "client" | "server" | "both";
  readonly options: { readonly recent?: number; readonly presence?: boolean };
  readonly steps: readonly Step[];
}

const { dialogues, samples } = vectors as unknown as {
  readonly dialogues: readonly Dialogue[];
  readonly samples: Readonly<Record<string, unknown>>;
};

export function dialoguesFor(side: "client" | "server"): readonly Dialogue[] {
  return dialogues.filter((dialogue) => dialogue.for === side || dialogue.for === "both");
}

/** The values for which the names with a dollar stand. */
export class Values {
  readonly #values = new Map<string, unknown>();

  /** What is written, with each name replaced by its value, or by a sample. */
  fill<T>(written: T): T {
    if (isName(written)) {
      if (!this.#values.has(written)) this.#values.set(written, samples[written]);
      assert.ok(this.#values.get(written) !== undefined, `there is no sample for ${written}`);
      return this.#values.get(written) as T;
    }
    return mapped(written, (value) => this.fill(value)) as T;
  }

  /** Whether a value is what is written; the names that have no value yet get theirs. */
  match(written: unknown, value: unknown, exactly: boolean): boolean {
    if (written === "$any" || written === "$text") return true;
    if (isName(written)) {
      if (!this.#values.has(written)) this.#values.set(written, value);
      return this.#values.get(written) === value;
    }
    if (Array.isArray(written)) {
      return (
        Array.isArray(value) &&
        value.length === written.length &&
        written.every((item, index) => this.match(item, value[index], exactly))
      );
    }
    if (!isPlain(written)) return same(written, value);
    if (!isPlain(value) || (exactly && Object.keys(value).length !== Object.keys(written).length))
      return false;
    return Object.entries(written).every(
      ([name, item]) => Object.hasOwn(value, name) && this.match(item, value[name], exactly),
    );
  }
}

/** A frame of a dialogue as a WebSocket message. */
export function toMessage(frame: Frame): string | Uint8Array {
  if (typeof frame === "string" || frame instanceof Uint8Array) return frame;
  const { data, ...envelope } = frame;
  if (!(data instanceof Uint8Array)) return JSON.stringify(frame);
  const json = new TextEncoder().encode(JSON.stringify(envelope));
  return Uint8Array.of(json.length >> 8, json.length & 0xff, ...json, ...data);
}

/** And the other way round. */
export function toFrame(message: string | Uint8Array): Frame {
  if (message === PING || message === PONG) return message;
  if (typeof message === "string") return JSON.parse(message);
  const end = 2 + ((message[0] as number) << 8) + (message[1] as number);
  const envelope = JSON.parse(new TextDecoder().decode(message.subarray(2, end)));
  return { ...envelope, data: message.slice(end) };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("$");
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value)
  );
}

function mapped(value: unknown, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, map(item)]));
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array) return b instanceof Uint8Array && a.join() === b.join();
  return a === b;
}
