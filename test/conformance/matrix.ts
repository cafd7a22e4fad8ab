import type { Gaps } from "../../src/endpoint/capability.ts";
import { behaviourOf, behaviours } from "./behaviours.ts";
import { type Case, type Group, missingOf } from "./case.ts";

/** What became of each case on each target, to be printed as a table. */
export class Matrix {
  readonly #columns: readonly string[];
  readonly #cells: Map<string, string> = new Map();
  readonly #reasons: string[] = [];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  passed(column: string, { name }: Case): void {
    this.#set(column, name, "ok");
  }

  failed(column: string, { name }: Case): void {
    this.#set(column, name, "FAIL");
  }

  /** The case needs what the target cannot do. */
  missing(column: string, needed: Case, gaps: Gaps): void {
    const missing = missingOf(needed, gaps);
    const reason = missing === undefined ? "" : `${missing}: ${gaps[missing]}`;
    if (!this.#reasons.includes(reason)) this.#reasons.push(reason);
    this.#set(column, needed.name, `gap ${this.#reasons.indexOf(reason) + 1}`);
  }

  print(groups: readonly Group[]): string {
    const rows = groups.flatMap(({ title, cases }) => {
      const shown = cases.filter(({ name }) =>
        this.#columns.some((column) => this.#get(column, name) !== ""),
      );
      return shown.length === 0 ? [] : ["", title.toUpperCase(), ...shown.map(({ name }) => this.#row(name))];
    });
    const head = this.#columns.map((column) => column.padEnd(width)).join(" ");
    const reasons = this.#reasons.map((reason, i) => `gap ${i + 1}  ${reason}`);
    const counts = ["ok", "gap", "FAIL"].map((kind) => `${this.#count(kind)} ${kind}`).join(", ");
    return [head, ...rows, "", ...reasons, "", counts].join("\n");
  }

  /** A row for each behaviour of docs/behaviour.md: how many of its cases held, of those that ran. */
  printBehaviours(groups: readonly Group[]): string {
    const cases = groups.flatMap((group) => group.cases);
    const head = this.#columns.map((column) => column.padEnd(width)).join(" ");
    const rows = behaviours.flatMap((behaviour) => {
      const own = cases.filter((one) => behaviourOf(one) === behaviour);
      const cells = this.#columns.map((column) => this.#sum(column, own));
      if (cells.every((cell) => cell === "")) return [];
      return [`${cells.map((cell) => cell.padEnd(width)).join(" ")} ${behaviour.name}`];
    });
    return [head, ...rows].join("\n");
  }

  #sum(column: string, cases: readonly Case[]): string {
    const cells = cases.map(({ name }) => this.#get(column, name)).filter((cell) => cell !== "");
    if (cells.length === 0) return "";
    const failed = cells.filter((cell) => cell === "FAIL").length;
    const held = cells.filter((cell) => cell === "ok").length;
    if (failed > 0) return `${failed} FAILED`;
    return held === cells.length ? `${held}` : `${held} of ${cells.length}`;
  }

  #row(name: string): string {
    return `${this.#columns.map((column) => this.#get(column, name).padEnd(width)).join(" ")} ${name}`;
  }

  #count(kind: string): number {
    return [...this.#cells.values()].filter((cell) => cell.startsWith(kind)).length;
  }

  #set(column: string, name: string, cell: string): void {
    this.#cells.set(`${column} ${name}`, cell);
  }

  #get(column: string, name: string): string {
    return this.#cells.get(`${column} ${name}`) ?? "";
  }
}

const width = "workers/native".length;
