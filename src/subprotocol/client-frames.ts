import { decode, type FrameReaders, payload } from "./decode.ts";
import { encode } from "./encode.ts";
import type { Fault } from "./fault.ts";
import type { Fields } from "./fields.ts";
import type { ClientFrame, Place } from "./frames.ts";
import { PING } from "./names.ts";

const MAX_RECENT = 10_000;

const readers: FrameReaders<ClientFrame> = new Map<
  string,
  (fields: Fields, bytes?: Uint8Array) => ClientFrame
>([
  [
    "hello",
    (fields) => ({
      type: "hello",
      ...fields.optional("session", fields.token),
      ...fields.optional("last", (name) => fields.nested(name, place)),
      ...fields.optional("recent", (name) => fields.integer(name, 0, MAX_RECENT)),
      ...fields.optional("presence", fields.boolean),
    }),
  ],
  [
    "message",
    (fields, bytes) => ({
      type: "message",
      ...fields.optional("clientSeq", (name) => fields.integer(name, 1)),
      ...payload(fields, bytes),
    }),
  ],
  [
    "call",
    (fields) => ({
      type: "call",
      id: fields.integer("id", 1),
      method: fields.name("method"),
      ...fields.optional("args", fields.args),
    }),
  ],
]);

/** What a client sent; never throws. */
export function decodeClientFrame(data: string | Uint8Array): ClientFrame | Fault {
  return data === PING ? { type: "ping" } : decode(data, readers);
}

/** What a client sends. The caller keeps within the limits; throws `INVALID_FRAME` for an envelope that is too long. */
export function encodeClientFrame(frame: ClientFrame): string | Uint8Array<ArrayBuffer> {
  return frame.type === "ping" ? PING : encode(frame);
}

function place(fields: Fields): Place {
  return { epoch: fields.id("epoch"), seq: fields.integer("seq", 0) };
}
