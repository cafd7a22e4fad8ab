import { decode, type FrameReaders, payload } from "./decode.ts";
import { encode } from "./encode.ts";
import type { Fault } from "./fault.ts";
import type { Fields } from "./fields.ts";
import type { Call, ClientFrame, ClientMessage, Hello, Place } from "./frames.ts";
import { PING } from "./names.ts";

const MAX_RECENT = 10_000;

/** What a client sent; never throws. */
export function decodeClientFrame(data: string | Uint8Array): ClientFrame | Fault {
  return data === PING ? { type: "ping" } : decode(data, readers);
}

/** What a client sends. The caller keeps within the limits; throws `INVALID_FRAME` for an envelope that is too long. */
export function encodeClientFrame(frame: ClientFrame): string | Uint8Array<ArrayBuffer> {
  return frame.type === "ping" ? PING : encode(frame);
}

const readers: FrameReaders<ClientFrame> = { hello, message, call };

function hello(fields: Fields): Hello {
  return {
    type: "hello",
    ...fields.optional("session", fields.token),
    ...fields.optional("last", (name) => fields.nested(name, place)),
    ...fields.optional("recent", (name) => fields.integer(name, 0, MAX_RECENT)),
    ...fields.optional("presence", fields.boolean),
  };
}

function message(fields: Fields, bytes: Uint8Array | undefined): ClientMessage {
  return {
    type: "message",
    ...fields.optional("clientSeq", (name) => fields.integer(name, 1)),
    ...payload(fields, bytes),
  };
}

function call(fields: Fields): Call {
  return {
    type: "call",
    id: fields.integer("id", 1),
    method: fields.name("method"),
    ...fields.optional("args", fields.args),
  };
}

function place(fields: Fields): Place {
  return { epoch: fields.id("epoch"), seq: fields.integer("seq", 0) };
}
