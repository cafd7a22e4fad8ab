import type { DialGaps } from "../../src/client/capability.ts";
import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";

/** What Wirehall's own wire over node:http can't do: nothing. */
export const codecGaps: Gaps = {};

const withoutHistory = {
  contextTakeover: "Deno's node:zlib ignores the option dictionary, and so what was said before",
};

/** The same where node:zlib ignores dictionaries. */
export const codecGapsWithoutHistory: Gaps = { ...codecGaps, ...withoutHistory };

/** What `dial` can't do over node:net and node:tls: nothing. */
export const dialGaps: DialGaps = {};

/** The same where node:zlib ignores dictionaries. */
export const dialGapsWithoutHistory: DialGaps = { ...dialGaps, ...withoutHistory };

export const capabilities: Readonly<Partial<Record<Transport, Gaps>>> = { codec: codecGaps };
