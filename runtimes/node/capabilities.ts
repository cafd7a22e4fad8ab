import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";

/** What Wirehall's own wire over node:http can't do: nothing. */
export const codecGaps: Gaps = {};

export const capabilities: Readonly<Partial<Record<Transport, Gaps>>> = { codec: codecGaps };
