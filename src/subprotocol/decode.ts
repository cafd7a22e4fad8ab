import { unpack } from "./envelope.ts";
import { type Fault, fault } from "./fault.ts";
import { json, type Members, object, type Read } from "./shape.ts";

/** The frames that one side sends, by their type. */
export type Frames<F extends { readonly type: string }> = {
  readonly [Type in F["type"]]: Read<Extract<F, { readonly type: Type }>>;
};

/** A frame with these members beside its type. */
export function frame<F>(required: object, optional: object = {}): Read<F> {
  return object({ type: json, ...required } as Members<object>, optional as Members<object>) as Read<F>;
}

/** What is read also has to pass a check, which gives the name of a member that is wrong beside the others. */
export function checked<F>(read: Read<F>, check: (frame: F) => string | false): Read<F> {
  return (value, at, wrong) => {
    const result = read(value, at, wrong);
    const member = result !== undefined && check(result);
    return typeof member === "string" ? wrong(`${at}.${member}`) : result;
  };
}

/** Reads one WebSocket message; what does not match is the peer's fault, and nothing is thrown. */
export function decode<F extends { readonly type: string }>(
  data: string | Uint8Array,
  frames: Frames<F>,
): F | Fault {
  if (typeof data === "string") return decodeJson(data, undefined, frames);
  const unpacked = unpack(data);
  return "type" in unpacked ? unpacked : decodeJson(unpacked.json, unpacked.payload, frames);
}

function decodeJson<F extends { readonly type: string }>(
  text: string,
  bytes: Uint8Array | undefined,
  frames: Frames<F>,
): F | Fault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault("not-json", "this frame is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault("not-object", "this frame is no JSON object");
  }
  const { type } = value as { type?: unknown };
  // The type is the peer's word: what an object inherits is none of ours.
  if (typeof type !== "string" || !Object.hasOwn(frames, type)) {
    return fault("unknown-type", "this frame has no type that is known here");
  }
  let wrong = "";
  const read = (frames as Record<string, Read<F>>)[type] as Read<F>;
  const result = read(value, type, (at) => {
    wrong = at;
    return undefined;
  });
  if (result !== undefined) wrong = withPayload(result, bytes);
  if (wrong === "") return result as F;
  return fault("bad-field", `${wrong} is missing, of a wrong type or beyond its limit`);
}

/** Gives a frame the bytes that came with it; the result says what is wrong with its payload. */
function withPayload(result: { readonly type: string }, bytes: Uint8Array | undefined): string {
  const { type, name, data } = result as { type: string; name?: unknown; data?: unknown };
  const carries = type === "message" || type === "gap";
  if (bytes !== undefined) {
    (result as { data?: unknown }).data = bytes;
    return carries && name === undefined && data === undefined ? "" : `${type}.data`;
  }
  // A message has text, or a name; a gap may have no payload at all.
  const mayLack = name !== undefined || type === "gap";
  const isRight = name !== undefined || typeof data === "string" || (data === undefined && mayLack);
  return !carries || isRight ? "" : `${type}.data`;
}
