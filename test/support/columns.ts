import { capabilities as bun } from "../../runtimes/bun/capabilities.ts";
import { capabilities as deno } from "../../runtimes/deno/capabilities.ts";
import { capabilities as node } from "../../runtimes/node/capabilities.ts";
import { capabilities as workers } from "../../runtimes/workers/capabilities.ts";
import type { Gaps } from "../../src/endpoint/capability.ts";

/** A runtime with a transport, as the documents name it, and what it can't do. */
export interface Column {
  readonly name: string;
  readonly gaps: Gaps;
}

export const columns: readonly Column[] = [
  { name: "Node codec", gaps: node.codec ?? {} },
  { name: "Deno codec", gaps: deno.codec },
  { name: "Deno native", gaps: deno.native },
  { name: "Bun codec", gaps: bun.codec },
  { name: "Bun native", gaps: bun.native },
  { name: "Workers", gaps: workers.native ?? {} },
];
