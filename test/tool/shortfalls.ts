import type { CapabilityName } from "../../src/endpoint/capability.ts";
import type { Verdict } from "../../tool/conformance/verdict.ts";

/** Cases of the tool that a target does not pass strictly. */
export interface Shortfall {
  /** The gap of the runtime that is behind it; none where the standard leaves it open. */
  readonly gap?: CapabilityName;
  readonly verdict: Exclude<Verdict, "strict">;
  /** Numbers, or their beginnings. */
  readonly cases: readonly string[];
  /** It takes some timing to come about: a case may also pass strictly. */
  readonly sometimes?: true;
}

function range(section: string, first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `${section}.${first + i}`);
}

/** zlib has no window of 8 bits. */
const noWindowOf8: Shortfall = { verdict: "informational", cases: ["9.1.11"] };

/** An echo server of Wirehall, by target: all that is not strict there. */
export const shortfalls: Readonly<Record<string, readonly Shortfall[]>> = {
  "node/codec": [noWindowOf8],
  "deno/codec": [noWindowOf8],
  "bun/codec": [noWindowOf8],
  "deno/native": [
    { gap: "lengthCheck", verdict: "lenient", cases: ["1.4"] },
    {
      gap: "violationClose",
      verdict: "lenient",
      cases: [
        "1.5",
        ...["2.5.1", "2.5.2", ...range("2.5", 4, 7)],
        ...["3.1", "3.2", "3.3", "3.4.1", "3.4.2", "3.5"],
        ...[...range("4.5", 1, 9), "4.5.11", "4.5.12"],
        ...["5.4", "5.5", "5.6"],
        ...["6.4.1", ...range("6.4", 4, 18), "6.6.7"],
      ],
    },
    { gap: "maskCheck", verdict: "failed", cases: range("1.6", 1, 6) },
    { gap: "maskCheck", verdict: "lenient", cases: ["1.6.7"] },
    { gap: "controlSizeCheck", verdict: "failed", cases: ["2.5.3", "6.4.2", "6.4.3"] },
    { gap: "fragmentOrderCheck", verdict: "failed", cases: ["4.5.10"] },
    { gap: "utf8EndCheck", verdict: "failed", cases: ["5.7"] },
    { gap: "newCloseCodes", verdict: "lenient", cases: ["6.2.11"] },
    { gap: "requestLineCheck", verdict: "failed", cases: ["7.2.3", "7.2.4"] },
    { gap: "compression", verdict: "unimplemented", cases: ["9", "10"] },
  ],
  "bun/native": [
    { gap: "lengthCheck", verdict: "lenient", cases: range("1.4", 1, 8) },
    { gap: "topBitCheck", verdict: "lenient", cases: range("1.5", 1, 3) },
    { gap: "failFast", verdict: "lenient", cases: ["5.5", "5.6"] },
    { gap: "requestLineCheck", verdict: "failed", cases: ["7.2.3", "7.2.4"] },
    noWindowOf8,
    { gap: "finalBlocks", verdict: "failed", cases: ["10.4.15"] },
    {
      gap: "windowLimit",
      verdict: "unimplemented",
      cases: [
        ...[...range("9.1", 12, 18), "9.1.21", "9.1.22"],
        ...[...range("10.2", 25, 32), ...range("10.2", 41, 48)],
      ],
    },
  ],
  "workers/native": [
    { gap: "lengthCheck", verdict: "lenient", cases: ["1.4"] },
    { gap: "topBitCheck", verdict: "lenient", cases: range("1.5", 1, 3) },
    { gap: "maskCheck", verdict: "failed", cases: range("1.6", 1, 6) },
    { gap: "maskCheck", verdict: "lenient", cases: ["1.6.7"] },
    {
      gap: "everyPong",
      verdict: "lenient",
      cases: ["2.2.1", "2.2.2", "2.4.2", "2.4.3", "4.4.5", "4.4.6", "4.5.7"],
      sometimes: true,
    },
    { gap: "controlSizeCheck", verdict: "failed", cases: [...range("2.5", 1, 3), ...range("6.4", 2, 4)] },
    {
      gap: "closeIsLast",
      verdict: "failed",
      cases: [
        ...range("2.5", 4, 7),
        ...["3.1", "3.2", "3.3", "3.4.1", "3.4.2", "3.5"],
        ...range("4.5", 4, 6),
        "6.4.17",
        ...["10.5.2", ...range("10.5", 5, 10)],
      ],
      sometimes: true,
    },
    {
      gap: "utf8Check",
      verdict: "failed",
      cases: ["5.4", "5.5", "5.6", "5.7", ...range("6.4", 5, 16), "10.5.11", "10.5.12"],
    },
    { gap: "closeCodeCheck", verdict: "failed", cases: [...range("6.3", 1, 4), ...range("6.3", 6, 11)] },
    { gap: "closeCodeCheck", verdict: "lenient", cases: ["6.3.5", "6.4.1", "6.4.18"] },
    { gap: "closeCodeCheck", verdict: "informational", cases: ["6.3.12", "6.3.13"] },
    { gap: "headerSyntax", verdict: "failed", cases: ["7.1.14", "7.4.7"] },
    { gap: "requestLineCheck", verdict: "lenient", cases: range("7.2", 1, 3) },
    { gap: "requestLineCheck", verdict: "failed", cases: ["7.2.4"] },
    { gap: "offerSyntax", verdict: "unimplemented", cases: ["9.1.22"] },
    { gap: "offerSyntax", verdict: "failed", cases: ["9.3.7", "9.3.12"] },
    { gap: "finalBlocks", verdict: "failed", cases: ["10.4.15"] },
    { gap: "compressedPing", verdict: "failed", cases: ["10.3.7"] },
    { gap: "reservedBitCheck", verdict: "failed", cases: ["10.5.1", "10.5.3", "10.5.4"] },
  ],
};
