import type { Result } from "../run-case.ts";
import { type Verdict, verdicts } from "../verdict.ts";

/** Where progress is written, such as `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells how a run goes: one line that changes on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #output: Output;
  readonly #total: number;
  readonly #counts: Map<Verdict, number> = new Map();
  #done = 0;
  #nextTold: number;

  constructor(output: Output, total: number) {
    this.#output = output;
    this.#total = total;
    this.#nextTold = this.#step;
  }

  /** A line for each result that is worth one, and how far the run is. */
  add(result: Result): void {
    this.#done++;
    this.#counts.set(result.verdict, (this.#counts.get(result.verdict) ?? 0) + 1);
    if (result.verdict === "failed" || result.verdict === "lenient") this.#line(describe(result));
    if (this.#output.isTTY)
      this.#output.write(`\r\x1b[2K${this.#state.slice(0, (this.#output.columns ?? 80) - 1)}`);
    else if (this.#done >= this.#nextTold) {
      this.#nextTold += this.#step;
      this.#line(this.#state);
    }
  }

  /** Removes the changing line. */
  end(): void {
    if (this.#output.isTTY) this.#output.write("\r\x1b[2K");
  }

  get #step(): number {
    return Math.max(1, Math.ceil(this.#total / 10));
  }

  get #state(): string {
    const counts = verdicts.flatMap((verdict) => {
      const count = this.#counts.get(verdict);
      return count === undefined ? [] : [`${count} ${verdict}`];
    });
    return `${this.#done} of ${this.#total}: ${counts.join(", ")}`;
  }

  #line(text: string): void {
    this.#output.write(`${this.#output.isTTY ? "\r\x1b[2K" : ""}${text}\n`);
  }
}

function describe({ verdict, id, title, expected, seen }: Result): string {
  return `${verdict.padEnd(7)}  ${id}  ${title}: expected ${expected}; saw ${seen}`;
}
