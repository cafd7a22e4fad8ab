import { WirehallError } from "../errors.ts";

/** Throws `INVALID_ARGUMENT` for what is neither a string nor a Uint8Array. */
export function checkPayload(data: unknown): void {
  if (typeof data === "string" || data instanceof Uint8Array) return;
  const found = data === null ? "null" : typeof data;
  throw new WirehallError("INVALID_ARGUMENT", `a message is a string or a Uint8Array, this is ${found}`);
}
