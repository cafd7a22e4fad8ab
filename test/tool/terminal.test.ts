import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { casesFor } from "../../tool/conformance/cases/all.ts";
import type { Output } from "../../tool/conformance/report/lines.ts";
import { Progress } from "../../tool/conformance/report/progress.ts";
import { table } from "../../tool/conformance/report/summary.ts";
import type { Result } from "../../tool/conformance/run-case.ts";
import { type Verdict, verdicts } from "../../tool/conformance/verdict.ts";

const clearLine = "\r\x1b[2K";
const controls = [clearLine, "\x1b[31m", "\x1b[33m", "\x1b[39m"];

/** What a terminal of so many columns shows in the end: it knows of colours, of returning and of clearing a line. */
class Screen implements Output {
  readonly isTTY = true;
  readonly columns: number;
  readonly lines: string[] = [""];
  /** The longest line that ever was, changing ones too. */
  longest = 0;
  readonly #colored: boolean;

  constructor(columns: number, colored = false) {
    this.columns = columns;
    this.#colored = colored;
  }

  hasColors(): boolean {
    return this.#colored;
  }

  write(text: string): void {
    let rest = text;
    while (rest !== "") {
      const mark = controls.find((one) => rest.startsWith(one)) ?? rest[0];
      rest = rest.slice(mark.length);
      const last = this.lines.length - 1;
      if (mark === "\n") this.lines.push("");
      else if (mark === clearLine) this.lines[last] = "";
      else if (!controls.includes(mark)) this.lines[last] += mark;
      this.longest = Math.max(this.longest, this.lines[last].length);
    }
  }
}

const cases = casesFor("server");

function resultOf(id: string, verdict: Verdict): Result {
  const { group, title, quote } = cases.find((one) => one.id === id) ?? cases[0];
  const seen = `${"a long story of many words, ".repeat(5)}and its end`;
  return { id, group, title, quote, verdict, expected: "something else", seen, tookMs: 1 };
}

describe("a run on a terminal", () => {
  for (const columns of [80, 120]) {
    test(`fits ${columns} columns, and leaves no changing line`, () => {
      const screen = new Screen(columns, true);
      const progress = new Progress(screen, cases.length);
      for (const [i, { id }] of cases.entries()) progress.add(resultOf(id, verdicts[i % verdicts.length]));
      progress.end();
      assert.ok(screen.longest < columns, `${screen.longest}`);
      assert.ok(screen.longest > columns - 20, `${screen.longest}`);
      assert.equal(screen.lines.at(-1), "");
      assert.ok(!screen.lines.some((line) => line.includes(` of ${cases.length}:`)));
    });
  }

  test("tells of a failure under a line with its verdict and number, in words that stay whole", () => {
    const screen = new Screen(80);
    const progress = new Progress(screen, 10);
    progress.add(resultOf("6.4.2", "failed"));
    assert.deepEqual(screen.lines, [
      "failed   6.4.2   refuses a Close frame of 126 bytes",
      "                 expected something else",
      "                 saw a long story of many words, a long story of many words, a",
      "                   long story of many words, a long story of many words, a long",
      "                   story of many words, and its end",
      "1 of 10: 1 failed",
    ]);
  });

  test("shows three failures of a section, and counts those that are like them", () => {
    const screen = new Screen(80);
    const progress = new Progress(screen, 10);
    for (const n of [1, 2, 3, 4, 5]) progress.add(resultOf(`6.4.${n}`, "failed"));
    progress.add(resultOf("6.4.6", "lenient"));
    progress.end();
    const heads = screen.lines.filter((line) => /^\w/.test(line)).map((line) => line.slice(0, 16).trim());
    assert.deepEqual(heads, [
      "failed   6.4.1",
      "failed   6.4.2",
      "failed   6.4.3",
      "lenient  6.4.6",
      "failed   6.4",
    ]);
    assert.ok(screen.lines.includes("failed   6.4     2 more"));
  });

  test("ends with a table that fits 80 columns", () => {
    const lines = table(cases.map(({ id }, i) => resultOf(id, verdicts[i % verdicts.length]))).split("\n");
    assert.equal(lines.length, 12);
    for (const line of lines) assert.ok(line.length < 80, line);
    assert.match(lines[11], new RegExp(`^all( +\\d{3}){5} +${cases.length}$`));
  });
});

test("where there is no terminal, each failure is one line", () => {
  let out = "";
  const output: Output = {
    write: (text) => {
      out += text;
    },
  };
  const progress = new Progress(output, 10);
  progress.add(resultOf("6.4.2", "failed"));
  progress.end();
  assert.match(
    out,
    /^failed {3}6\.4\.2 {3}refuses .*: expected something else; saw a long story.*end\n1 of 10: 1 failed\n$/,
  );
});
