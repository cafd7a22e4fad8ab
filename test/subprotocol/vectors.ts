import { readFileSync } from "node:fs";
import type { ClientFrame, FaultKind, ServerFrame } from "../../src/subprotocol/mod.ts";

/** A frame as the file has it: a text, an envelope with its payload, or whole. */
export interface Wire {
  readonly text?: string;
  readonly envelope?: string;
  readonly payload?: string;
  readonly bytes?: string;
}

export interface Valid<F> extends Wire {
  readonly name: string;
  readonly frame: F;
}

export interface Invalid extends Wire {
  readonly name: string;
  readonly fault: FaultKind;
}

export interface FrameVectors<F> {
  readonly valid: readonly Valid<F>[];
  readonly invalid: readonly Invalid[];
}

export interface Vectors {
  readonly protocol: string;
  readonly frames: { readonly client: FrameVectors<ClientFrame>; readonly server: FrameVectors<ServerFrame> };
}

/** docs/protocol-vectors.json, with all that stands for something else replaced by it. */
export const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../docs/protocol-vectors.json", import.meta.url), "utf8"),
  (_key, value) => {
    if (typeof value === "string") {
      return value.replace(/\{\{(.)\*(\d+)\}\}/gu, (_all, unit: string, times) => unit.repeat(Number(times)));
    }
    return typeof value?.$bytes === "string" ? hex(value.$bytes) : value;
  },
);

/** The WebSocket message that a vector gives. */
export function messageOf({ text, envelope, payload = "", bytes }: Wire): string | Uint8Array {
  if (text !== undefined) return text;
  if (envelope === undefined) return hex(bytes ?? "");
  const json = new TextEncoder().encode(envelope);
  return Uint8Array.of(json.length >> 8, json.length & 0xff, ...json, ...hex(payload));
}

export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
