import type { DeflatePlatform, InflateFault } from "./compress.ts";

/** What is used of zlib, by the interface that it has in Node. */
export interface Zlib {
  deflateRawSync(bytes: Uint8Array, options: ZlibOptions): Uint8Array;
  inflateRawSync(bytes: Uint8Array, options: ZlibOptions): unknown;
  readonly constants: { readonly Z_SYNC_FLUSH: number };
}

export interface ZlibOptions {
  readonly windowBits?: number;
  readonly finishFlush?: number;
  readonly maxOutputLength?: number;
  readonly dictionary?: Uint8Array | undefined;
  readonly info?: boolean;
}

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

type Concat = (parts: readonly Uint8Array[]) => Uint8Array;

/** DEFLATE by a zlib; `concat` joins arrays into a new one. */
export function zlibDeflate(zlib: Zlib, concat: Concat): DeflatePlatform {
  const finishFlush = zlib.constants.Z_SYNC_FLUSH;
  return {
    deflate(bytes, windowBits, history) {
      const deflated = zlib.deflateRawSync(bytes, { windowBits, finishFlush, dictionary: history });
      return deflated.subarray(0, deflated.length - TAIL_BYTES);
    },

    inflate(bytes, maxOutputBytes, history) {
      const parts: Uint8Array[] = [];
      let rest = concat([bytes, TAIL_AND_END]);
      let outputBytes = 0;
      // RFC 7692 7.2.3.4: blocks with BFINAL set may come anywhere in a message, and zlib stops after each.
      for (let ends = 0; rest.length > 0; ends++) {
        if (ends > MAX_FINAL_BLOCKS) return "bad";
        const before = parts.length === 0 ? history : lastWindow(history, parts, concat);
        const part = inflatePart(zlib, rest, maxOutputBytes - outputBytes, before);
        if (typeof part === "string") return part;
        parts.push(part.buffer);
        outputBytes += part.buffer.length;
        rest = rest.subarray(part.engine.bytesWritten);
      }
      return parts.length === 1 ? (parts[0] as Uint8Array) : concat(parts);
    },
  };
}

function inflatePart(
  zlib: Zlib,
  bytes: Uint8Array,
  maxOutputBytes: number,
  history: Uint8Array | undefined,
): Inflated | InflateFault {
  // zlib can't be told to put out nothing.
  const maxOutputLength = Math.min(Math.max(maxOutputBytes, 1), MAX_BUFFER_BYTES);
  const options: ZlibOptions = { maxOutputLength, dictionary: history, info: true };
  try {
    const inflated = zlib.inflateRawSync(bytes, options) as Inflated;
    return inflated.buffer.length > maxOutputBytes ? "too-big" : inflated;
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-big" : "bad";
  }
}

function lastWindow(
  history: Uint8Array | undefined,
  parts: readonly Uint8Array[],
  concat: Concat,
): Uint8Array | undefined {
  const all = concat(history === undefined ? parts : [history, ...parts]);
  return all.length === 0 ? undefined : all.subarray(Math.max(0, all.length - WINDOW_BYTES));
}

/** Whether it heeds what came before, which context takeover needs. */
export function heedsHistory(platform: DeflatePlatform): boolean {
  const sample = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) & 0xff);
  const alone = platform.deflate(sample, 15, undefined);
  return platform.deflate(sample, 15, sample).length < alone.length;
}
