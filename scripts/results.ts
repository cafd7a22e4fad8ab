import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./stages.ts";

/** What a stage really ran; a check is one result. */
export interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a test runner is told, so that it also writes its results into the file. */
export function reportTo(kind: Stage["kind"], file: string): string[] {
  switch (kind) {
    case "node":
      return [
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        `--test-reporter=${join(import.meta.dirname, "reporter.ts")}`,
        `--test-reporter-destination=${file}`,
      ];
    case "deno":
      return [`--junit-path=${file}`];
    case "bun":
      return ["--reporter=junit", `--reporter-outfile=${file}`];
    case "check":
      return [];
  }
}

/**
 * The results of a stage whose commands ended with `ok`. A runner that fails without a failed test, or that ran no
 * test at all, counts as one failure: a stage never passes by not running.
 */
export function resultsOf(kind: Stage["kind"], file: string, ok: boolean): Results {
  if (kind === "check") return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  const report = existsSync(file) ? readFileSync(file, "utf8") : "";
  const results = kind === "node" ? fromSummary(report) : fromJunit(report);
  const silent = results.failed === 0 && (!ok || results.passed === 0);
  return silent ? { ...results, failed: 1 } : results;
}

const none: Results = { passed: 0, failed: 0, skipped: 0 };

function fromSummary(report: string): Results {
  return report === "" ? none : (JSON.parse(report) as Results);
}

function fromJunit(report: string): Results {
  const totals = /<testsuites [^>]*>/.exec(report)?.[0];
  if (totals === undefined) return none;
  const failed = attribute(totals, "failures") + attribute(totals, "errors");
  const skipped = report.match(/<skipped\b/g)?.length ?? 0;
  return { passed: attribute(totals, "tests") - failed - skipped, failed, skipped };
}

function attribute(tag: string, name: string): number {
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(tag)?.[1] ?? 0);
}
