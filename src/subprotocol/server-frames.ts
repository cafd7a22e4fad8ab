import { decode, type FrameReaders, payload } from "./decode.ts";
import { encode } from "./encode.ts";
import type { Fault } from "./fault.ts";
import type { Fields } from "./fields.ts";
import type { ServerFrame } from "./frames.ts";
import { PONG } from "./names.ts";

const MIN_MESSAGE_BYTES = 1024;
const MIN_KEEPALIVE_MS = 1000;
const MAX_KEEPALIVE_MS = 600_000;

const readers: FrameReaders<ServerFrame> = new Map<
  string,
  (fields: Fields, bytes?: Uint8Array) => ServerFrame
>([
  [
    "welcome",
    (fields) => {
      fields.check("nacked", fields.has("acked") || !fields.has("nacked"));
      return {
        type: "welcome",
        session: fields.token("session"),
        ...fields.optional("acked", (name) => fields.integer(name, 0)),
        ...fields.optional("nacked", fields.nacked),
        member: fields.id("member"),
        resumed: fields.oneOf("resumed", ["fresh", "resumed", "gap"]),
        ...place(fields),
        maxMessageBytes: fields.integer("maxMessageBytes", MIN_MESSAGE_BYTES),
        keepaliveMs: fields.integer("keepaliveMs", MIN_KEEPALIVE_MS, MAX_KEEPALIVE_MS),
      };
    },
  ],
  ["gap", (fields, bytes) => ({ type: "gap", ...place(fields), ...payload(fields, bytes, true) })],
  ["live", () => ({ type: "live" })],
  [
    "message",
    (fields, bytes) => {
      fields.check("key", !(fields.has("seq") && fields.has("key")));
      return {
        type: "message",
        ...fields.optional("seq", (name) => fields.integer(name, 1)),
        ...fields.optional("key", fields.key),
        ...payload(fields, bytes),
      };
    },
  ],
  ["ack", (fields) => ({ type: "ack", clientSeq: fields.integer("clientSeq", 1) })],
  ["nack", (fields) => ({ type: "nack", clientSeq: fields.integer("clientSeq", 1), ...fields.refusal() })],
  [
    "reply",
    (fields) => {
      fields.check("error", !(fields.has("result") && fields.has("error")));
      return {
        type: "reply",
        id: fields.integer("id", 1),
        ...fields.optional("result", fields.json),
        ...fields.optional("error", (name) => fields.nested(name, (inner) => inner.refusal())),
      };
    },
  ],
  [
    "presence",
    (fields) => ({
      type: "presence",
      ...fields.optional("reset", fields.boolean),
      ...fields.optional("more", fields.boolean),
      ...fields.optional("join", fields.here),
      ...fields.optional("change", fields.here),
      ...fields.optional("leave", fields.ids),
    }),
  ],
  ["error", (fields) => ({ type: "error", ...fields.refusal() })],
]);

/** What a server sent; never throws. */
export function decodeServerFrame(data: string | Uint8Array): ServerFrame | Fault {
  return data === PONG ? { type: "pong" } : decode(data, readers);
}

/** What a server sends. The caller keeps within the limits; throws `INVALID_FRAME` for an envelope that is too long. */
export function encodeServerFrame(frame: ServerFrame): string | Uint8Array<ArrayBuffer> {
  return frame.type === "pong" ? PONG : encode(frame);
}

/** Epoch and seq are both there, or neither. */
function place(fields: Fields): { readonly epoch?: string; readonly seq?: number } {
  if (!fields.has("epoch") && !fields.has("seq")) return {};
  return { epoch: fields.id("epoch"), seq: fields.integer("seq", 0) };
}
