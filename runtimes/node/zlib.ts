import { Buffer } from "node:buffer";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { type DeflatePlatform, heedsHistory, zlibDeflate as zlibBy } from "../../src/protocol/mod.ts";

/** DEFLATE by node:zlib, which Deno and Bun have too. */
export const zlibDeflate: DeflatePlatform = zlibBy({ constants, deflateRawSync, inflateRawSync }, (parts) =>
  Buffer.concat(parts),
);

let heeded: boolean | undefined;

/** Whether the platform's zlib heeds dictionaries, which Deno's does not: context takeover needs them. */
export function zlibHeedsHistory(): boolean {
  heeded ??= heedsHistory(zlibDeflate);
  return heeded;
}
