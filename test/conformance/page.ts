import type { CapabilityName } from "../../src/endpoint/capability.ts";
import type { Column } from "../support/columns.ts";
import { type Behaviour, behaviourOf, behaviours } from "./behaviours.ts";
import { type Case, missingOf } from "./case.ts";

/** Reasons why cells are empty, numbered as they come. */
class Footnotes {
  readonly #lines: string[] = [];

  numberOf({ name, gaps }: Column, capability: CapabilityName): number {
    const line = `${name}, \`${capability}\`: ${gaps[capability]}.`;
    if (!this.#lines.includes(line)) this.#lines.push(line);
    return this.#lines.indexOf(line) + 1;
  }

  lines(): string[] {
    return this.#lines.map((line, index) => `${index + 1}. ${line}`);
  }
}

/** docs/behaviour.md: what each runtime and transport does, as the cases and the runtimes' capabilities have it. */
export function drawPage(cases: readonly Case[], columns: readonly Column[]): string {
  const footnotes = new Footnotes();
  const of = (behaviour: Behaviour) => cases.filter((one) => behaviourOf(one) === behaviour);
  const summary = behaviours.map(({ name, contract }, row) => {
    const cells = columns.map((column) => countCell(of(behaviours[row]), column, footnotes));
    return tableRow([`[${name}](#${anchor(name)})`, contract, ...cells]);
  });
  const details = behaviours.flatMap((behaviour) => [
    "",
    `## ${behaviour.name}`,
    "",
    `${behaviour.contract}.`,
    "",
    tableRow(["case", ...columns.map(({ name }) => name)]),
    tableRule(columns.length + 1),
    ...of(behaviour).map((one) =>
      tableRow([one.name, ...columns.map((column) => caseCell(one, column, footnotes))]),
    ),
  ]);
  return [
    "# The same behaviour everywhere",
    "",
    `${cases.length} conformance cases prove it over TCP, on every runtime and transport: \`npm test\` runs them all and`,
    "prints this table from what it found. The cells here say how many of a row's cases hold. Where one is",
    "missing, the runtime can't do it: the number leads to the capability and the reason, and",
    "[capabilities.md](capabilities.md) has all of them. No cell is left out by hand.",
    "",
    tableRow(["behaviour", "contract [default]", ...columns.map(({ name }) => name)]),
    tableRule(columns.length + 2),
    ...summary,
    "",
    ...footnotes.lines(),
    ...details,
    "",
  ].join("\n");
}

function countCell(cases: readonly Case[], column: Column, footnotes: Footnotes): string {
  const missing = cases.flatMap((one) => missingOf(one, column.gaps) ?? []);
  if (missing.length === 0) return `${cases.length}`;
  const numbers = new Set(missing.map((capability) => footnotes.numberOf(column, capability)));
  const held = cases.length - missing.length;
  return `${held === 0 ? "none" : held} of ${cases.length} (${[...numbers].join(", ")})`;
}

function caseCell(one: Case, column: Column, footnotes: Footnotes): string {
  const missing = missingOf(one, column.gaps);
  return missing === undefined ? "yes" : `no (${footnotes.numberOf(column, missing)})`;
}

function anchor(title: string): string {
  return title.replaceAll(/[^\w -]/g, "").replaceAll(" ", "-");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function tableRule(columns: number): string {
  return `|${" --- |".repeat(columns)}`;
}
