import { groups } from "../cases/all.ts";
import type { Result } from "../run-case.ts";
import { type Verdict, verdicts } from "../verdict.ts";

export type Counts = Readonly<Record<Verdict, number>>;

/** What one run found. */
export interface Report {
  /** What was tested, for people. */
  readonly subject: string;
  readonly role: "server" | "client";
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  readonly counts: Counts;
  readonly results: readonly Result[];
}

export function countsOf(results: readonly Result[]): Counts {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

/** The groups that have results, in order. */
export function byGroup(
  results: readonly Result[],
): { number: number; name: string; title: string; results: readonly Result[] }[] {
  return groups
    .map(({ name, title }, i) => ({
      number: i + 1,
      name,
      title,
      results: results.filter(({ group }) => group === name),
    }))
    .filter((group) => group.results.length > 0);
}

/** In a few words what is not as it should be. */
export function headline({ failed, lenient }: Counts): string {
  if (failed > 0) return `${failed} failed${lenient > 0 ? `, ${lenient} lenient` : ""}`;
  return lenient > 0 ? `nothing failed, ${lenient} lenient` : "nothing failed, nothing lenient";
}

/** A table for the terminal, at most 80 columns wide: a line for each group, and the sum. */
export function table(results: readonly Result[]): string {
  const rows = [
    ["", ...verdicts, "all"],
    ...byGroup(results).map(({ number, name, results }) =>
      row(`${String(number).padStart(2)} ${name}`, results),
    ),
    row("all", results),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows
    .map((cells) =>
      cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
    )
    .map((line) => line.trimEnd())
    .join("\n");
}

function row(title: string, results: readonly Result[]): string[] {
  const counts = countsOf(results);
  const cells = verdicts.map((verdict) => (counts[verdict] === 0 ? "·" : `${counts[verdict]}`));
  return [title, ...cells, `${results.length}`];
}
