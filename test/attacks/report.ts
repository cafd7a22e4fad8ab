import type { Battle, Forces } from "./battle.ts";
import type { HonestReport } from "./honest-order.ts";

/** What became of one attack on one server, or why it says nothing of ours. */
export type AttackRow = { readonly place: string; readonly attack: string } & (
  | { readonly undisturbed: HonestReport; readonly seen: Battle }
  | { readonly platform: string }
);

/** A page with all that was seen. */
export function attackReport(rows: readonly AttackRow[], forces: Forces): string {
  const seconds = forces.durationMs / 1000;
  return `# Under attack

Written by \`npm run test:long\`. Each attack goes on for ${seconds} s, with ${forces.attackers} attackers beside ${forces.honest} honest clients, of which each
sends a text of 64 bytes every 10 ms and waits for its echo. Server, attackers and honest clients share two cores. The
factor is the honest clients' 99th percentile under attack by that of the same server undisturbed, just before; none of
them lost a message, or the run had failed. Memory is the most that the process held.

| server | attack | p99 undisturbed | under attack | factor | memory | answers, refusals and closes |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(line).join("\n")}
`;
}

function line(row: AttackRow): string {
  if ("platform" in row)
    return `| ${row.place} | ${row.attack} | | | | | the platform's own: ${row.platform} |`;
  const { undisturbed, seen } = row;
  const factor = seen.honest.p99Ms / undisturbed.p99Ms;
  const cells = [
    row.place,
    row.attack,
    `${undisturbed.p99Ms.toFixed(1)} ms`,
    `${seen.honest.p99Ms.toFixed(1)} ms`,
    factor.toFixed(1),
    `${Math.round(seen.peakBytes / 2 ** 20)} MiB`,
    told(seen),
  ];
  return `| ${cells.join(" | ")} |`;
}

function told({ answers, refusals, closes }: Battle): string {
  const list = (of: Readonly<Record<string, number>>): string[] =>
    Object.entries(of)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} × ${name}`);
  return [...list(answers), ...list(refusals), ...list(closes)].join(", ");
}
