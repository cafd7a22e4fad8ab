import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Input } from "./verdict.ts";

/** An input that was worth keeping, as a file of `corpus`. */
export interface Kept {
  readonly comment: string;
  /** `same`, or the rule by which the verdicts differ. */
  readonly expected: string;
  readonly input: Input;
}

interface File extends Omit<Input, "bytes"> {
  readonly comment: string;
  readonly expected: string;
  readonly hex: string;
}

const folder = join(import.meta.dirname, "corpus");

export function readCorpus(): Map<string, Kept> {
  const kept = new Map<string, Kept>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".json")) continue;
    const { comment, expected, hex, ...rest }: File = JSON.parse(readFileSync(join(folder, name), "utf8"));
    kept.set(name, { comment, expected, input: { ...rest, bytes: new Uint8Array(Buffer.from(hex, "hex")) } });
  }
  return kept;
}

/** Writes the file and returns its path. */
export function writeCorpus(name: string, { comment, expected, input }: Kept): string {
  const { role, maxMessageBytes, maxFragments, cuts, bytes } = input;
  const hex = Buffer.from(bytes).toString("hex");
  const fields = { comment, expected, role, maxMessageBytes, maxFragments, hex };
  const lines = Object.entries(fields).map(([key, value]) => `  "${key}": ${JSON.stringify(value)},\n`);
  const path = join(folder, `${name}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `{\n${lines.join("")}  "cuts": [${cuts.join(", ")}]\n}\n`);
  return path;
}
