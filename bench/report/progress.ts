import type { Trial } from "../load/order.ts";
import { disturbance } from "../run.ts";
import type { Subject } from "../subjects.ts";
import { cpuMicrosOf, rateOf } from "./summary.ts";

/** Says on the standard error how far the bench is: one line that changes on a terminal, else a line for each trial. */
export class Progress {
  readonly #rounds: number;
  readonly #terminal: boolean = process.stderr.isTTY === true;

  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  trial(row: string, round: number, { name }: Subject, trial: Trial, repeated: boolean): void {
    const figures = `${Math.round(rateOf(trial)).toLocaleString("en")}/s, ${cpuMicrosOf(trial).toPrecision(3)} µs`;
    const again = repeated ? `; others took ${Math.round(disturbance(trial) * 100)}% of its core: again` : "";
    this.#say(`${row} ${round + 1}/${this.#rounds} ${name}: ${figures}${again}`);
  }

  /** Makes room for what comes next. */
  clear(): void {
    if (this.#terminal) process.stderr.write("\r\x1b[K");
  }

  #say(text: string): void {
    process.stderr.write(this.#terminal ? `\r\x1b[K${text}` : `${text}\n`);
  }
}
