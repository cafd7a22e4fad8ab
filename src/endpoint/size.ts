import { utf8Bytes } from "../protocol/text.ts";

const encoder = new TextEncoder();

/** Whether a message has more bytes than the limit; a text is encoded only where its length leaves that open. */
export function exceeds(data: string | Uint8Array, maxBytes: number): boolean {
  if (typeof data !== "string") return data.length > maxBytes;
  if (data.length > maxBytes) return true;
  return data.length * 3 > maxBytes && encoder.encode(data).length > maxBytes;
}

/** How many bytes a message has, a text as UTF-8. */
export function bytesOf(data: string | Uint8Array): number {
  return typeof data === "string" ? utf8Bytes(data) : data.length;
}
