import { type DeflatePlatform, type Zlib, zlibDeflate } from "../../src/protocol/mod.ts";

interface Modules {
  getBuiltinModule?(name: string): unknown;
}

let found: { readonly deflate: DeflatePlatform | undefined } | undefined;

/** DEFLATE by node:zlib, which is there with the compatibility flag nodejs_compat alone: importing it would need that. */
export function workersDeflate(): DeflatePlatform | undefined {
  if (found === undefined) {
    const { process } = globalThis as { process?: Modules };
    const zlib = process?.getBuiltinModule?.("node:zlib") as Zlib | undefined;
    found = { deflate: zlib && zlibDeflate(zlib, concat) };
  }
  return found.deflate;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
