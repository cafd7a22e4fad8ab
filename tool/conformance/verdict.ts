/** From the best to the worst; each case ends with one of them. */
export const verdicts = ["strict", "lenient", "informational", "unimplemented", "failed"] as const;

/**
 * - `strict`: as the standard says, at the earliest moment and with the right code.
 * - `lenient`: allowed, but not the best.
 * - `informational`: the standard leaves it open; worth knowing.
 * - `unimplemented`: an optional part is missing, or a limit lies below what the case needs.
 * - `failed`: against the standard.
 */
export type Verdict = (typeof verdicts)[number];

/** What a case found. */
export interface Outcome {
  readonly verdict: Verdict;
  /** What the standard asks for. */
  readonly expected: string;
  /** What came, bytes abbreviated. */
  readonly seen: string;
}

/** The subject broke the protocol by what it sent, whatever the case was about. */
export class Breach extends Error {}

/** The deadline of a case passed while it waited. */
export class Expired extends Error {}
