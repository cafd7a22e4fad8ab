import type { Gaps } from "../../src/endpoint/capability.ts";
import { type Case, type Group, neededBy } from "./case.ts";

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
    const missing = neededBy(needed).find((name) => gaps[name] !== undefined);
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
