import { WirehallError } from "../errors.ts";
import { type Fault, fault } from "./fault.ts";

/** The longest envelope of a binary message, in bytes. */
const MAX_ENVELOPE_BYTES = 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** An envelope and its payload as one binary message. */
export function pack(envelope: object, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify(envelope));
  if (json.length > MAX_ENVELOPE_BYTES) {
    throw new WirehallError(
      "INVALID_FRAME",
      `the envelope has ${json.length} bytes: the limit is ${MAX_ENVELOPE_BYTES}`,
    );
  }
  const message = new Uint8Array(2 + json.length + payload.length);
  message[0] = json.length >> 8;
  message[1] = json.length;
  message.set(json, 2);
  message.set(payload, 2 + json.length);
  return message;
}

/** What a binary message holds; the payload is a copy, so that nobody finds the envelope in its buffer. */
export function unpack(message: Uint8Array): { readonly json: string; readonly payload: Uint8Array } | Fault {
  const length = message.length < 2 ? 0 : ((message[0] as number) << 8) | (message[1] as number);
  if (length < 2 || length > MAX_ENVELOPE_BYTES || length > message.length - 2) {
    return fault(
      "bad-envelope",
      "a binary message begins with the length of its envelope, and has all of it",
    );
  }
  try {
    return { json: decoder.decode(message.subarray(2, 2 + length)), payload: message.slice(2 + length) };
  } catch {
    return fault("bad-envelope", "the envelope of a binary message is not valid UTF-8");
  }
}
