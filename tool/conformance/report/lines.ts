import type { Result } from "../run-case.ts";
import type { Verdict } from "../verdict.ts";

/** Where progress is written, such as `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

const idAt = 9;
const textAt = 17;
const fewestColumns = 40;
const colors: Readonly<Partial<Record<Verdict, number>>> = { failed: 31, lenient: 33 };

/** A result that is worth a line: one for programs, or for people a few that fit their terminal. */
export function describe(result: Result, output: Output): string {
  const { verdict, id, title, expected, seen } = result;
  if (!output.isTTY) return `${head(verdict, id)}${title}: expected ${expected}; saw ${seen}`;
  const width = Math.max(fewestColumns, output.columns ?? 80) - textAt - 1;
  const [first, ...rest] = [title, `expected ${expected}`, `saw ${seen}`].flatMap((text) =>
    wrap(text, width),
  );
  return [
    paint(head(verdict, id), verdict, output) + first,
    ...rest.map((line) => " ".repeat(textAt) + line),
  ].join("\n");
}

/** Tells of results that are like others which had their lines. */
export function describeRest(verdict: Verdict, section: string, count: number, output: Output): string {
  return `${paint(head(verdict, section), verdict, output)}${count} more`;
}

function head(verdict: Verdict, id: string): string {
  return `${verdict.padEnd(idAt)}${id.padEnd(textAt - idAt)}`;
}

function paint(text: string, verdict: Verdict, output: Output): string {
  const color = output.hasColors?.() ? colors[verdict] : undefined;
  return color === undefined ? text : `\x1b[${color}m${text}\x1b[39m`;
}

/** Lines of at most `width`, broken between words; what follows the first is indented. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `  ${word}`);
  }
  return lines;
}
