import { MOST_DISTURBED } from "../run.ts";
import type { Comparison, Figure, Line, RowSummary } from "./summary.ts";

/** A server that was busy for this share of its core, and for more than the load of its own, bounds the rate. */
const BOUND_BY_SERVER = 0.9;

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
      ...baselines.flatMap((name) => ratios(line, line.against[name])),
      ...(hasOthers ? ratios(line, bareOf(line)) : []),
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
  if (!lines.every(isBoundByServer)) {
    notes.push("  ~ the server was not what bounded the rate: it may be faster than this");
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

/** Whether the rate of a line is its server's and not the load's. */
function isBoundByServer({ serverBusy, loadBusy }: Line): boolean {
  return serverBusy.median >= BOUND_BY_SERVER && serverBusy.median > loadBusy.median;
}

/** Against what a runtime of another name than Node has by itself. */
function bareOf({ runtime, against }: Line): Comparison | undefined {
  return runtime === "node" ? undefined : against[runtime];
}

function ratios(line: Line, comparison: Comparison | undefined): string[] {
  if (comparison === undefined) return ["", ""];
  const { cpu, rate } = comparison;
  return [digits(cpu.median), `${isBoundByServer(line) ? "" : "~"}${digits(rate.median)}`];
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
