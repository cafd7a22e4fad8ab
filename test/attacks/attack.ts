import type { Arena } from "./arena.ts";
import type { Counts } from "./target.ts";

/** What can be asserted once an attack is over. */
export interface Aftermath {
  readonly arena: Arena;
  /** How often the server has refused for this reason since the attack began. */
  refused(reason: string): number;
  /** How many connections have closed with this code since. */
  closed(code: number): number;
  readonly counts: Counts;
  /** Whether the transport lacks this capability. */
  lacks(capability: string): boolean;
}

/** Something that a stranger can do to a server. */
export interface Attack {
  readonly name: string;
  /** Multiplies what the server may hold for each attacker [1]. */
  readonly connectionsEach?: number;
  /** Without this capability of the transport the attack says nothing: it meets the platform, not us. */
  readonly needs?: readonly string[];
  run(arena: Arena): Promise<void>;
  /** Asserts that it was met: bytes and counts, never a time. */
  check(aftermath: Aftermath): void;
}
