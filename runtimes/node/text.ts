import { Buffer, isUtf8 } from "node:buffer";
import type { TextCodec } from "../../src/protocol/mod.ts";

// Buffer's functions take the array and indexes, so that nothing is allocated to call them.
const { latin1Slice, utf8Slice, utf8Write } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, offset: number): number;
};

/** Text by Buffer, which Deno and Bun have too. */
export const bufferText: TextCodec = {
  decodeAscii(bytes, start, end) {
    return latin1Slice.call(bytes, start, end);
  },
  decodeUtf8(bytes, start, end) {
    return isUtf8(bytes.subarray(start, end)) ? utf8Slice.call(bytes, start, end) : undefined;
  },
  encodeInto(text, target, offset) {
    return utf8Write.call(target, text, offset);
  },
};
