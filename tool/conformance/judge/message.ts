import { type FrameSpec, opcode } from "../wire/frame.ts";
import { show } from "../wire/show.ts";

/** A message that the subject must echo. */
export interface Message {
  readonly kind: "text" | "binary";
  readonly data: Buffer;
}

export function text(data: string | Uint8Array): Message {
  return { kind: "text", data: Buffer.from(data) };
}

export function binary(data: Uint8Array): Message {
  return { kind: "binary", data: Buffer.from(data) };
}

/** The message as one frame. */
export function whole(message: Message): FrameSpec {
  return { opcode: opcode[message.kind], payload: message.data };
}

/** The message as frames of at most `size` bytes. */
export function split(message: Message, size: number): FrameSpec[] {
  const count = Math.max(1, Math.ceil(message.data.length / size));
  return Array.from({ length: count }, (_, i) => ({
    opcode: i === 0 ? opcode[message.kind] : opcode.continuation,
    payload: message.data.subarray(i * size, (i + 1) * size),
    fin: i === count - 1,
  }));
}

/** The message as frames with these payloads. */
export function parts(kind: "text" | "binary", payloads: readonly (string | Uint8Array)[]): FrameSpec[] {
  return payloads.map((payload, i) => ({
    opcode: i === 0 ? opcode[kind] : opcode.continuation,
    payload,
    fin: i === payloads.length - 1,
  }));
}

export function ping(payload: string | Uint8Array = "", more: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: opcode.ping, payload, ...more };
}

/** Makes a message of each size (and seed) once: many cases send the same, and nobody writes to it. */
export function once(
  make: (size: number, seed: number) => Message,
): (size: number, seed?: number) => Message {
  const made = new Map<string, Message>();
  return (size, seed = 0) => {
    const key = `${size}/${seed}`;
    const message = made.get(key) ?? make(size, seed);
    made.set(key, message);
    return message;
  };
}

/** Text of `size` bytes, the same each time, none of it repeating soon. */
export const textOf: (size: number) => Message = once((size) => {
  const words = Array.from({ length: Math.ceil(size / 8) + 1 }, (_, i) =>
    `${i.toString(36)} wire `.slice(0, 8),
  );
  return text(words.join("").padEnd(size, "~").slice(0, size));
});

/** Bytes of `size`, the same each time, all values in turn. */
export const bytesOf: (size: number) => Message = once((size) => {
  const data = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i++) data[i] = (i * 167 + (i >> 8)) % 256;
  return binary(data);
});

export function showMessage({ kind, data }: Message): string {
  return `${kind === "text" ? "Text" : "Binary"} ${show(data)}`;
}
