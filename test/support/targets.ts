import { parseArgs } from "node:util";
import type { Gaps } from "../../src/endpoint/capability.ts";
import type { RuntimeName, Transport } from "../../src/serve.ts";

export interface TargetName {
  readonly runtime: RuntimeName;
  readonly transport: Transport;
}

/** All of them, whichever were asked for. */
export const everyTarget: readonly TargetName[] = [
  { runtime: "node", transport: "codec" },
  { runtime: "deno", transport: "codec" },
  { runtime: "deno", transport: "native" },
  { runtime: "bun", transport: "codec" },
  { runtime: "bun", transport: "native" },
  { runtime: "workers", transport: "native" },
];

/**
 * `--only node/codec` (or a part of it) and `--case part of a name`; WIREHALL_ONLY and WIREHALL_CASE do the same.
 * `--no-gaps` runs what a transport is said to be unable to do, to see if that is still so.
 */
const {
  only,
  case: part,
  "no-gaps": withoutGaps,
} = parseArgs({
  options: {
    only: { type: "string", default: process.env.WIREHALL_ONLY ?? "" },
    case: { type: "string", default: process.env.WIREHALL_CASE ?? "" },
    "no-gaps": { type: "boolean", default: false },
  },
  strict: false,
}).values as { only: string; case: string; "no-gaps": boolean };

export const targets: readonly TargetName[] = everyTarget.filter((one) => nameOf(one).includes(only));

export function nameOf({ runtime, transport }: TargetName): string {
  return `${runtime}/${transport}`;
}

/** Whether the one who runs the tests asked for this case. */
export function isWanted(name: string): boolean {
  return name.includes(part);
}

/** What the target's transport cannot do, each with the reason. */
export async function gapsOf({ runtime, transport }: TargetName): Promise<Gaps> {
  if (withoutGaps) return {};
  const module = await import(`../../runtimes/${runtime}/capabilities.ts`);
  return (module.capabilities as Readonly<Partial<Record<Transport, Gaps>>>)[transport] ?? {};
}
