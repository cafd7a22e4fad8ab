import { Buffer } from "node:buffer";
import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from "node:zlib";
import type { DeflatePlatform, InflateFault } from "../../src/protocol/mod.ts";

/** What ends the data of every flush, and is left out of a message (RFC 7692 7.2.1). */
const TAIL_BYTES = 4;

/**
 * What is put behind a message: the octets that were left out, so that its last block is whole, and an empty block
 * that is final. Data that was cut off, or goes on behind its last block, does not end there.
 */
const TAIL_AND_END: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x03, 0x00);

/**
 * How many final blocks a message may have besides ours. Each restarts zlib, at the price of a whole message, for
 * two octets of the peer's.
 */
const MAX_FINAL_BLOCKS = 64;

const WINDOW_BYTES = 32 * 1024;
const MAX_BUFFER_BYTES = 2 ** 31 - 1;

interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** DEFLATE by node:zlib, which Deno and Bun have too. */
export const zlibDeflate: DeflatePlatform = {
  deflate(bytes, windowBits, history) {
    const options: ZlibOptions = { windowBits, finishFlush: constants.Z_SYNC_FLUSH, dictionary: history };
    const deflated = deflateRawSync(bytes, options);
    return deflated.subarray(0, deflated.length - TAIL_BYTES);
  },

  inflate(bytes, maxOutputBytes, history) {
    const parts: Uint8Array[] = [];
    let rest: Uint8Array = Buffer.concat([bytes, TAIL_AND_END]);
    let outputBytes = 0;
    // RFC 7692 7.2.3.4: blocks with BFINAL set may come anywhere in a message, and zlib stops after each.
    for (let ends = 0; rest.length > 0; ends++) {
      if (ends > MAX_FINAL_BLOCKS) return "bad";
      const before = parts.length === 0 ? history : lastWindow(history, parts);
      const part = inflatePart(rest, maxOutputBytes - outputBytes, before);
      if (typeof part === "string") return part;
      parts.push(part.buffer);
      outputBytes += part.buffer.length;
      rest = rest.subarray(part.engine.bytesWritten);
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  },
};

function inflatePart(
  bytes: Uint8Array,
  maxOutputBytes: number,
  history: Uint8Array | undefined,
): Inflated | InflateFault {
  // zlib can't be told to put out nothing.
  const maxOutputLength = Math.min(Math.max(maxOutputBytes, 1), MAX_BUFFER_BYTES);
  const options: ZlibOptions = { maxOutputLength, dictionary: history, info: true };
  try {
    const inflated = inflateRawSync(bytes, options) as unknown as Inflated;
    return inflated.buffer.length > maxOutputBytes ? "too-big" : inflated;
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-big" : "bad";
  }
}

function lastWindow(history: Uint8Array | undefined, parts: readonly Uint8Array[]): Uint8Array | undefined {
  const all = Buffer.concat(history === undefined ? parts : [history, ...parts]);
  return all.length === 0 ? undefined : all.subarray(Math.max(0, all.length - WINDOW_BYTES));
}

let heedsHistory: boolean | undefined;

/** Whether the platform's zlib heeds dictionaries, which Deno's does not: context takeover needs them. */
export function zlibHeedsHistory(): boolean {
  if (heedsHistory === undefined) {
    const sample = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) & 0xff);
    const alone = zlibDeflate.deflate(sample, 15, undefined);
    heedsHistory = zlibDeflate.deflate(sample, 15, sample).length < alone.length;
  }
  return heedsHistory;
}
