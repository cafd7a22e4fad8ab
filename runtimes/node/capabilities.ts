import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";

/** What Wirehall's own wire over node:http can't do: nothing. */
export const codecGaps: Gaps = {};

/** The same where node:zlib ignores dictionaries. */
export const codecGapsWithoutHistory: Gaps = {
  ...codecGaps,
  contextTakeover: "Deno's node:zlib ignores the option dictionary, and so what was said before",
};

export const capabilities: Readonly<Partial<Record<Transport, Gaps>>> = { codec: codecGaps };
