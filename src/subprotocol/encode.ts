import { pack } from "./envelope.ts";
import type { ClientFrame, ServerFrame } from "./frames.ts";
import { PING, PONG } from "./names.ts";

/** What a client sends. The caller keeps within the limits; throws `INVALID_FRAME` for an envelope that is too long. */
export function encodeClientFrame(frame: ClientFrame): string | Uint8Array<ArrayBuffer> {
  return frame.type === "ping" ? PING : encode(frame);
}

/** What a server sends. The caller keeps within the limits; throws `INVALID_FRAME` for an envelope that is too long. */
export function encodeServerFrame(frame: ServerFrame): string | Uint8Array<ArrayBuffer> {
  return frame.type === "pong" ? PONG : encode(frame);
}

/** Binary where the payload is bytes. */
function encode(
  frame: { readonly name?: unknown; readonly data?: unknown } | ClientFrame | ServerFrame,
): string | Uint8Array<ArrayBuffer> {
  if ("data" in frame && frame.name === undefined && frame.data instanceof Uint8Array) {
    const { data, ...envelope } = frame;
    return pack(envelope, data as Uint8Array);
  }
  return JSON.stringify(frame);
}
