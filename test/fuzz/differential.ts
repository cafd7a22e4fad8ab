import { setImmediate } from "node:timers/promises";
import { concat } from "../protocol/frames.ts";
import { Mutator } from "./mutate.ts";
import { type Comparison, compare } from "./rules.ts";
import { type ScannedFrame, scan } from "./scan.ts";
import { type Input, type ReadInput, readByWirehall, type Verdict } from "./verdict.ts";

/** What was compared, and what nobody can explain. */
export interface Tally {
  inputs: number;
  /** How often they said the same, and how often each rule was why they did not. */
  readonly why: Map<string, number>;
  /** How often Wirehall ended in each way, without a close frame's reason. */
  readonly ends: Map<string, number>;
  /** The first of each way to differ, made small. */
  readonly findings: Map<string, Input>;
  /** The first input that each rule explained, made small. */
  readonly examples: Map<string, Input>;
}

export interface FuzzOptions {
  readonly seed: number;
  /** Whether to make another input. */
  more(tally: Tally): boolean;
  /** Whose verdict is compared with that of ws [Wirehall's]. */
  readonly read?: ReadInput;
  found?(input: Input, comparison: Comparison): void;
}

/** Compares the verdicts on mutated inputs: the same ones for the same seed. */
export async function fuzz({ seed, more, read = readByWirehall, found }: FuzzOptions): Promise<Tally> {
  const mutator = new Mutator(seed);
  const tally: Tally = {
    inputs: 0,
    why: new Map(),
    ends: new Map(),
    findings: new Map(),
    examples: new Map(),
  };
  const seen = new Set<string>();
  while (more(tally)) {
    const input = mutator.next();
    const comparison = compare(input, read);
    tally.inputs++;
    count(tally.why, comparison.why ?? "unexplained");
    count(tally.ends, kindOf(comparison.ours.end));
    const signature = signatureOf(comparison);
    if (!seen.has(signature)) {
      seen.add(signature);
      mutator.keep(input);
      file(tally, input, comparison, read, found);
    }
    // The streams of ws finish in later ticks.
    if (tally.inputs % 500 === 0) await setImmediate();
  }
  return tally;
}

function file(
  tally: Tally,
  input: Input,
  { why, ours, theirs }: Comparison,
  read: ReadInput,
  found: FuzzOptions["found"],
): void {
  if (why === "same") return;
  const into = why === undefined ? tally.findings : tally.examples;
  const name = why ?? `${kindOf(ours.end)} but ws ${kindOf(theirs.end)}`;
  if (into.has(name)) return;
  const small = shrink(input, (smaller) => {
    const again = compare(smaller, read);
    return again.why === why && kindOf(again.ours.end) === kindOf(ours.end);
  });
  into.set(name, small);
  found?.(small, compare(small, read));
}

/** The smallest input that was found by leaving parts away and by cutting less. */
function shrink(input: Input, holds: (smaller: Input) => boolean): Input {
  let small = input;
  const attempt = (smaller: Input): boolean => {
    if (!holds(smaller)) return false;
    small = smaller;
    return true;
  };
  if (!attempt({ ...small, cuts: [] })) attempt({ ...small, cuts: Array.from(small.bytes, (_, at) => at) });
  for (let index = scan(small.bytes).frames.length - 1; index >= 0; index--) {
    const { start, payloadEnd } = scan(small.bytes).frames[index] as ScannedFrame;
    attempt({ ...small, bytes: without(small.bytes, start, payloadEnd) });
  }
  for (let size = small.bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < small.bytes.length; ) {
      if (!attempt({ ...small, bytes: without(small.bytes, at, at + size) })) at += size;
    }
  }
  return { ...small, cuts: small.cuts.filter((cut) => cut > 0 && cut < small.bytes.length) };
}

function without(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return concat(bytes.subarray(0, start), bytes.subarray(end));
}

/** Two inputs with the same signature have shown the same. */
function signatureOf({ ours, theirs, why }: Comparison): string {
  return `${why} ${shape(ours)} | ${shape(theirs)}`;
}

function shape({ events, end }: Verdict): string {
  const kinds = events.slice(0, 4).map((event) => event.slice(0, event.length > 40 ? 2 : 1));
  return `${kinds.join("")} ${kindOf(end)}`;
}

function kindOf(end: string): string {
  const [how, what] = end.split(" ", 2);
  return what === undefined ? end : `${how} ${what}`;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
