import type { Result } from "../run-case.ts";
import { type Verdict, verdicts } from "../verdict.ts";
import { describe, describeRest, type Output } from "./lines.ts";

/** How many results of a section have lines for each verdict: what comes then is mostly the same again. */
const mostAlike = 3;
const clearLine = "\r\x1b[2K";

/** Tells how a run goes: one line that changes on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #output: Output;
  readonly #total: number;
  readonly #counts: Map<Verdict, number> = new Map();
  readonly #alike: Map<string, { verdict: Verdict; section: string; count: number }> = new Map();
  #done = 0;
  #nextTold: number;

  constructor(output: Output, total: number) {
    this.#output = output;
    this.#total = total;
    this.#nextTold = this.#step;
  }

  get done(): number {
    return this.#done;
  }

  /** Lines for a result that is worth them, and how far the run is. */
  add(result: Result): void {
    this.#done++;
    this.#counts.set(result.verdict, (this.#counts.get(result.verdict) ?? 0) + 1);
    if (result.verdict === "failed" || result.verdict === "lenient") this.#tell(result);
    if (this.#output.isTTY)
      this.#output.write(`${clearLine}${this.#state.slice(0, (this.#output.columns ?? 80) - 1)}`);
    else if (this.#done >= this.#nextTold) {
      this.#nextTold += this.#step;
      this.#line(this.#state);
    }
  }

  /** Removes the changing line, and tells of what had no lines. */
  end(): void {
    if (this.#output.isTTY) this.#output.write(clearLine);
    for (const { verdict, section, count } of this.#alike.values()) {
      if (count > mostAlike) this.#line(describeRest(verdict, section, count - mostAlike, this.#output));
    }
  }

  #tell(result: Result): void {
    const { verdict, id } = result;
    const section = id.split(".", 2).join(".");
    const alike = this.#alike.get(`${verdict} ${section}`) ?? { verdict, section, count: 0 };
    alike.count++;
    this.#alike.set(`${verdict} ${section}`, alike);
    if (alike.count <= mostAlike) this.#line(describe(result, this.#output));
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
    this.#output.write(`${this.#output.isTTY ? clearLine : ""}${text}\n`);
  }
}
