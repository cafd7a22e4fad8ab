import type { CapabilityName, Gaps } from "./capability.ts";
import { defaultOf, type LimitName } from "./limits.ts";
import type { Log } from "./log.ts";

/** Which limits a transport has to have a capability for. */
const NEEDS: Readonly<Partial<Record<LimitName, CapabilityName>>> = {
  handshakeTimeoutMs: "handshakeTime",
  maxConnections: "connectionCounts",
  maxConnectionsPerAddress: "connectionCounts",
  maxFragments: "fragmentLimit",
  maxHandshakes: "connectionCounts",
};

/** Warns of limits that were asked for and that the transport cannot keep: they protect where they can. */
export function warnOfMissingLimits(
  given: Readonly<Partial<Record<LimitName, unknown>>>,
  gaps: Gaps,
  log: Log,
): void {
  for (const [name, capability] of Object.entries(NEEDS) as [LimitName, CapabilityName][]) {
    const reason = gaps[capability];
    const value = given[name];
    if (reason === undefined || value === undefined || value === defaultOf(name)) continue;
    log({
      level: "warn",
      event: "limit-missing",
      message: `${name} does not hold on this transport: ${reason}`,
    });
  }
}
