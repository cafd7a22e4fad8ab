import { MOST_DISTURBED } from "../run.ts";
import type { Comparison, Figure, Line, RowSummary } from "./summary.ts";

/** A row for the terminal: a line for each server, with its ratio to each baseline. */
export function tableOf(row: RowSummary, rounds: number): string {
  const ofNode = row.lines.filter(({ name, against, runtime }) => name in against && runtime === "node");
  const baselines = ofNode.map(({ name }) => name);
  const hasOthers = row.lines.some(({ runtime }) => runtime !== "node");
  const units = { message: "messages", delivery: "deliveries" }[row.unit];
  const cells = [
    [
      "",
      `${units}/s`,
      `CPU µs/${row.unit}`,
      "server busy",
      "load busy",
      ...[...baselines, ...(hasOthers ? ["bare"] : [])].flatMap((name) => [
        `CPU / ${name}`,
        `rate / ${name}`,
      ]),
    ],
    ...row.lines.map((line) => [
      line.title,
      `${Math.round(line.rate.median).toLocaleString("en")} ${spread(line.rate)}`,
      `${digits(line.cpuMicros.median)} ${spread(line.cpuMicros)}`,
      share(line.serverBusy.median),
      share(line.loadBusy.median),
      ...baselines.flatMap((name) => ratios(line.against[name])),
      ...(hasOthers ? ratios(bareOf(line)) : []),
    ]),
  ];
  return [
    `${row.title} (${row.name})`,
    `  median of ${rounds}, ± half of highest less lowest`,
    ...aligned(cells),
    ...notesOf(row.lines),
  ].join("\n");
}

function notesOf(lines: readonly Line[]): string[] {
  const notes: string[] = [];
  if (!lines.every(({ boundByServer }) => boundByServer)) {
    notes.push("  ~ claims nothing: one of the two servers was not what bounded its rate");
  }
  const disturbed = lines.filter((line) => line.disturbed.highest > MOST_DISTURBED);
  if (disturbed.length > 0) {
    const most = share(Math.max(...disturbed.map((line) => line.disturbed.highest)));
    notes.push(
      `  ! other programs took up to ${most} of the server's core: repeat this row when it is quiet`,
    );
  }
  return notes;
}

/** Against what a runtime of another name than Node has by itself. */
function bareOf({ runtime, against }: Line): Comparison | undefined {
  return runtime === "node" ? undefined : against[runtime];
}

function ratios(comparison: Comparison | undefined): string[] {
  if (comparison === undefined) return ["", ""];
  const { cpu, rate, isRateClaimed } = comparison;
  return [digits(cpu.median), `${isRateClaimed ? "" : "~"}${digits(rate.median)}`];
}

function spread({ median, lowest, highest }: Figure): string {
  return `±${Math.round((50 * (highest - lowest)) / median)}%`;
}

function share(value: number): string {
  return `${Math.round(value * 100)}%`;
}

/** Three digits that say something. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Columns of equal width: the first to the left, figures to the right. */
function aligned(cells: readonly (readonly string[])[]): string[] {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join("  ")
      .replace(/^/, "  "),
  );
}
