import { defaultOf } from "../endpoint/limits.ts";
import { WirehallError } from "../errors.ts";
import { Room } from "./room.ts";
import { decode } from "./value/decode.ts";
import { encode, type ValueUse } from "./value/encode.ts";

/** What can be called of a room: its public methods, but hooks and what `Room` itself has; each gives a promise. */
export type Calls<R extends Room> = {
  readonly [Name in Exclude<keyof R, keyof Room | `on${string}` | symbol | number> as R[Name] extends (
    ...args: never[]
  ) => unknown
    ? Name
    : never]: R[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** What came of something elsewhere: its result, or what was thrown. */
export type Reply<T> = { readonly value: T } | { readonly error: CallError };

/** What came of a call: the encoded result, or what was thrown. */
export type CallReply = Reply<Uint8Array>;

export interface CallError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

const MAX_CALL_BYTES = defaultOf("maxCallBytes");
const ARGUMENTS: ValueUse = {
  code: "INVALID_VALUE",
  what: "the arguments of a call",
  maxBytes: MAX_CALL_BYTES,
};
const RESULT: ValueUse = { code: "INVALID_VALUE", what: "the result of a call", maxBytes: MAX_CALL_BYTES };

export function encodeArguments(args: readonly unknown[]): Uint8Array {
  return encode(args, ARGUMENTS);
}

export function encodeResult(result: unknown): Uint8Array {
  return encode(result, RESULT);
}

/** Calls a method that may be called. Throws `ROOM_NO_METHOD` for one that may not, or is none. */
export function callMethod(room: Room, name: string, args: Uint8Array): unknown {
  const method = isCallable(name) ? (room as unknown as Record<string, unknown>)[name] : undefined;
  if (typeof method !== "function") {
    throw new WirehallError(
      "ROOM_NO_METHOD",
      `this room has no method ${JSON.stringify(name)} to call: it must be public, and no hook`,
    );
  }
  return method.apply(room, decode(args) as unknown[]);
}

function isCallable(name: string): boolean {
  return !name.startsWith("on") && !(name in Room.prototype);
}

/** The error that a call rejects with: what the room threw, as far as it can be told elsewhere. */
function thrownBy({ name, message, code }: CallError): Error {
  if (name === "WirehallError" && code !== undefined) return new WirehallError(code, message);
  const error: Error & { code?: string } = new Error(message);
  Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  if (code !== undefined) error.code = code;
  return error;
}

/** The result that a reply holds; throws the error that it holds. */
export function unwrap<T>(reply: Reply<T>): T {
  if ("error" in reply) throw thrownBy(reply.error);
  return reply.value;
}

/** The reply that tells what becomes of a promise. */
export async function replyOf<T>(promise: Promise<T>): Promise<Reply<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error: describeError(error) };
  }
}

export function describeError(error: unknown): CallError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: undefined };
  const { code } = error as { code?: unknown };
  return { name: error.name, message: error.message, code: typeof code === "string" ? code : undefined };
}
