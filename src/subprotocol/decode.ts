import { unpack } from "./envelope.ts";
import { type Fault, fault } from "./fault.ts";
import { Fields, isObject } from "./fields.ts";
import type { Payload } from "./frames.ts";

/** Reads the fields of a frame of one type. `bytes` is what came behind an envelope. */
export type FrameReader<F> = (fields: Fields, bytes: Uint8Array | undefined) => F;

/** The frames that one side sends, by their type. */
export type FrameReaders<F> = Readonly<Record<string, FrameReader<F>>>;

/** Reads one WebSocket message; what does not match is the peer's fault, and nothing is thrown. */
export function decode<F>(data: string | Uint8Array, readers: FrameReaders<F>): F | Fault {
  if (typeof data === "string") return decodeJson(data, undefined, readers);
  const unpacked = unpack(data);
  return "type" in unpacked ? unpacked : decodeJson(unpacked.json, unpacked.payload, readers);
}

function decodeJson<F>(json: string, bytes: Uint8Array | undefined, readers: FrameReaders<F>): F | Fault {
  let object: unknown;
  try {
    object = JSON.parse(json);
  } catch {
    return fault("not-json", "this frame is not JSON");
  }
  if (!isObject(object)) return fault("not-object", "this frame is no JSON object");
  const { type } = object;
  // The type is the peer's word: what an object inherits is none of ours.
  const reader = typeof type === "string" && Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader === undefined) return fault("unknown-type", "this frame has no type that is known here");
  const fields = new Fields(object);
  if (bytes !== undefined) fields.check("type", type === "message" || type === "gap");
  const frame = reader(fields, bytes);
  if (fields.wrong === undefined) return frame;
  return fault("bad-field", `${type}: ${fields.wrong} is missing, of a wrong type or beyond its limit`);
}

/** The payload of a message; of a gap, which may have none, with `optional`. */
export function payload(fields: Fields, bytes: Uint8Array | undefined, optional = false): Payload {
  const named = fields.has("name");
  if (bytes !== undefined) {
    fields.check("name", !named);
    fields.check("data", !fields.has("data"));
    return { data: bytes };
  }
  const data = fields.json("data");
  if (!named && !(optional && data === undefined)) fields.check("data", typeof data === "string");
  return {
    ...(named && { name: fields.name("name") }),
    ...(data !== undefined && { data }),
  };
}
