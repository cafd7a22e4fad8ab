import { pack } from "./envelope.ts";
import type { ClientFrame, Ping, Pong, ServerFrame } from "./frames.ts";

/** A frame as a WebSocket message: binary where its payload is bytes. */
export function encode(
  frame: Exclude<ClientFrame | ServerFrame, Ping | Pong>,
): string | Uint8Array<ArrayBuffer> {
  if ("data" in frame && frame.name === undefined && frame.data instanceof Uint8Array) {
    const { data, ...envelope } = frame;
    return pack(envelope, data);
  }
  return JSON.stringify(frame);
}
