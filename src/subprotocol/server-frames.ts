import { decode, type FrameReaders, payload } from "./decode.ts";
import { encode } from "./encode.ts";
import type { Fault } from "./fault.ts";
import type { Fields } from "./fields.ts";
import type { Presence, Reply, ServerFrame, ServerMessage, Welcome } from "./frames.ts";
import { PONG } from "./names.ts";

const MIN_MESSAGE_BYTES = 1024;
const MIN_KEEPALIVE_MS = 1000;
const MAX_KEEPALIVE_MS = 600_000;

/** What a server sent; never throws. */
export function decodeServerFrame(data: string | Uint8Array): ServerFrame | Fault {
  return data === PONG ? { type: "pong" } : decode(data, readers);
}

/** What a server sends. The caller keeps within the limits; throws `INVALID_FRAME` for an envelope that is too long. */
export function encodeServerFrame(frame: ServerFrame): string | Uint8Array<ArrayBuffer> {
  return frame.type === "pong" ? PONG : encode(frame);
}

const readers: FrameReaders<ServerFrame> = {
  welcome,
  gap: (fields, bytes) => ({ type: "gap", ...place(fields), ...payload(fields, bytes, true) }),
  live: (fields) => ({ type: "live", ...fields.optional("seq", natural(fields)) }),
  message,
  ack: (fields) => ({ type: "ack", clientSeq: fields.integer("clientSeq", 1) }),
  nack: (fields) => ({ type: "nack", clientSeq: fields.integer("clientSeq", 1), ...fields.refusal() }),
  reply,
  presence,
  error: (fields) => ({ type: "error", ...fields.refusal() }),
};

function welcome(fields: Fields): Welcome {
  const frame: Welcome = {
    type: "welcome",
    session: fields.token("session"),
    ...fields.optional("acked", natural(fields)),
    ...fields.optional("nacked", fields.nacked),
    member: fields.id("member"),
    resumed: fields.oneOf("resumed", ["fresh", "resumed", "gap"]),
    ...place(fields),
    maxMessageBytes: fields.integer("maxMessageBytes", MIN_MESSAGE_BYTES),
    keepaliveMs: fields.integer("keepaliveMs", MIN_KEEPALIVE_MS, MAX_KEEPALIVE_MS),
  };
  fields.check("nacked", frame.nacked === undefined || frame.acked !== undefined);
  fields.check(
    "epoch",
    frame.resumed === "fresh" || (frame.epoch !== undefined) === (frame.resumed === "resumed"),
  );
  return frame;
}

function message(fields: Fields, bytes: Uint8Array | undefined): ServerMessage {
  fields.check("key", !(fields.has("seq") && fields.has("key")));
  return {
    type: "message",
    ...fields.optional("seq", (name) => fields.integer(name, 1)),
    ...fields.optional("key", fields.key),
    ...payload(fields, bytes),
  };
}

function reply(fields: Fields): Reply {
  fields.check("error", !(fields.has("result") && fields.has("error")));
  return {
    type: "reply",
    id: fields.integer("id", 1),
    ...fields.optional("result", fields.json),
    ...fields.optional("error", (name) => fields.nested(name, (inner) => inner.refusal())),
  };
}

function presence(fields: Fields): Presence {
  return {
    type: "presence",
    ...fields.optional("reset", fields.boolean),
    ...fields.optional("more", fields.boolean),
    ...fields.optional("join", fields.here),
    ...fields.optional("change", fields.here),
    ...fields.optional("leave", fields.ids),
  };
}

/** Epoch and seq are both there, or neither. */
function place(fields: Fields): { readonly epoch?: string; readonly seq?: number } {
  if (!fields.has("epoch") && !fields.has("seq")) return {};
  return { epoch: fields.id("epoch"), seq: fields.integer("seq", 0) };
}

function natural(fields: Fields): (name: string) => number {
  return (name) => fields.integer(name, 0);
}
