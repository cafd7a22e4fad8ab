import type { CapabilityName, Gaps } from "../../src/endpoint/capability.ts";
import type { Target } from "../support/target.ts";

/** One behaviour, proven the same way on every runtime and transport. */
export interface Case {
  /** Says the behaviour; one row of the matrix. */
  readonly name: string;
  /** Without one of these the transport cannot do it, and the cell is a gap. */
  readonly needs?: CapabilityName | readonly CapabilityName[];
  /** It takes so much of the machine, or shares so much, that no other case may run beside it. */
  readonly alone?: boolean;
  /** It ends the fixture, and so has one of its own. */
  readonly ends?: boolean;
  /** It runs against a fixture that was started with --compress. */
  readonly compress?: boolean;
  /** It runs, one case at a time, against a fixture with these limits of test/fixture/limits.ts, and `metrics` against one of its own. */
  readonly limits?: "counts" | "time" | "metrics";
  run(target: Target): Promise<void>;
  /** What happens instead where a capability is missing. */
  otherwise?(target: Target): Promise<void>;
}

/** The rows of one part of the contract. */
export interface Group {
  readonly title: string;
  readonly cases: readonly Case[];
}

/** The first capability that the case needs and the transport lacks: the reason why the cell is a gap. */
export function missingOf(one: Case, gaps: Gaps): CapabilityName | undefined {
  return neededBy(one).find((name) => gaps[name] !== undefined);
}

function neededBy({ needs = [] }: Case): readonly CapabilityName[] {
  return typeof needs === "string" ? [needs] : needs;
}
