import { WirehallError } from "../errors.ts";
import { encodeClientFrame, type Payload } from "../subprotocol/mod.ts";

const MAX_NAME = 64;
const MAX_ARGS = 16;
/** The most that a frame's own words add to its payload, in bytes. */
const FRAME_BYTES = 64;

const encoder = new TextEncoder();

/** How a message or a call came out; what a message resolves with is undefined. */
export type Settle = (error: WirehallError | undefined, result?: unknown) => void;

/** A message on its way to the room. What it carries is a snapshot, of the time when it was given. */
export interface OutgoingMessage {
  readonly kind: "message";
  /** Another for each message that is not settled, also for those that were kept over a reload. */
  readonly id: number;
  /** The frame as JSON, without its number; of bytes, undefined. */
  readonly json: string | undefined;
  readonly payload: Payload;
  readonly bytes: number;
  readonly settle: Settle | undefined;
  /** Given when it is first sent in a session. */
  clientSeq: number | undefined;
}

export interface OutgoingCall {
  readonly kind: "call";
  readonly id: number;
  readonly frame: string;
  readonly settle: Settle;
}

export function outgoingMessage(id: number, payload: Payload, settle?: Settle): OutgoingMessage {
  const { name, data } = payload;
  if (name === undefined && typeof data !== "string" && !(data instanceof Uint8Array)) {
    throw new WirehallError("INVALID_ARGUMENT", "a message without a name is a string or a Uint8Array");
  }
  checkName("message", name ?? "m");
  const kind = "message";
  if (name === undefined && data instanceof Uint8Array) {
    const copy = { data: data.slice() };
    const bytes = data.length + FRAME_BYTES;
    return { kind, id, json: undefined, payload: copy, bytes, settle, clientSeq: undefined };
  }
  const json = stringify({ type: "message", name, data });
  return { kind, id, json, payload: { name, data }, bytes: byteLength(json), settle, clientSeq: undefined };
}

/** A message that was kept over a reload; undefined for what is none. Nobody waits for how it comes out. */
export function restoredMessage(
  id: number,
  json: string | undefined,
  data: Uint8Array | undefined,
  clientSeq: number | undefined,
): OutgoingMessage | undefined {
  try {
    const payload = json === undefined ? { data } : (JSON.parse(json) as Payload);
    return { ...outgoingMessage(id, payload), clientSeq };
  } catch {
    return undefined;
  }
}

export function outgoingCall(
  id: number,
  method: string,
  args: readonly unknown[],
  settle: Settle,
): OutgoingCall {
  checkName("call", method);
  if (args.length > MAX_ARGS) {
    throw new WirehallError(
      "INVALID_ARGUMENT",
      `a call has ${args.length} arguments: the limit is ${MAX_ARGS}`,
    );
  }
  return { kind: "call", id, frame: stringify({ type: "call", id, method, args }), settle };
}

/** The WebSocket message of a message that has its number. */
export function encodeNumbered({
  clientSeq,
  json,
  payload,
}: OutgoingMessage): string | Uint8Array<ArrayBuffer> {
  if (json === undefined) return encodeClientFrame({ type: "message", clientSeq, ...payload });
  return `{"clientSeq":${clientSeq},${json.slice(1)}`;
}

/** In bytes of UTF-8, with the words that are added later. */
export function byteLength(json: string): number {
  return encoder.encode(json).length + FRAME_BYTES;
}

function checkName(of: string, name: string): void {
  if (typeof name === "string" && name.length > 0 && name.length <= MAX_NAME) return;
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `the name of a ${of} is a string of 1 to ${MAX_NAME} characters`,
  );
}

function stringify(frame: object): string {
  try {
    return JSON.stringify(frame);
  } catch (cause) {
    throw new WirehallError("INVALID_ARGUMENT", `what is sent is no JSON: ${String(cause)}`, { cause });
  }
}
