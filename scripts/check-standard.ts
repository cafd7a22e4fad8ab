// Compares the sentences of tool/conformance/standard with the texts of the RFCs, which the repository does not hold, and
// notes in test/tool/compared.json what was compared: node scripts/check-standard.ts rfc6455.txt rfc7692.txt
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../test/tool/requirements.ts";
import type { Sentence } from "../tool/conformance/standard/sentence.ts";
import { standards } from "../tool/conformance/standard/standards.ts";

/** The sections that are compared in full: none of their keywords may be left out. */
const inFull: Readonly<Record<string, readonly [first: number, last: number]>> = {
  "RFC 6455": [4, 10],
  "RFC 7692": [4, 8],
};
const required = /\b(MUST|SHALL|SHOULD|RECOMMENDED|REQUIRED)\b/g;

const files = process.argv.slice(2);
if (files.length !== standards.length) {
  console.error("usage: node scripts/check-standard.ts rfc6455.txt rfc7692.txt");
  process.exit(2);
}

const compared: Record<string, { text: string; sentences: string }> = {};
for (const [i, { name, sentences }] of standards.entries()) {
  const text = readFileSync(files[i], "latin1");
  const faults = faultsOf(name, sectionsOf(text), Object.entries(sentences));
  for (const fault of faults) console.error(`${name}: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`${name}: ${Object.keys(sentences).length} sentences, none missing`);
  const sha256 = createHash("sha256").update(text, "latin1").digest("hex");
  compared[name] = { text: sha256, sentences: digestOf(sentences) };
}
if (process.exitCode === undefined) {
  const file = join(import.meta.dirname, "../test/tool/compared.json");
  writeFileSync(file, `${JSON.stringify(compared, null, 2)}\n`);
}

/** The text of each section in one line, without page breaks, marks of lists and comments of ABNF. */
function sectionsOf(rfc: string): Map<string, string> {
  const sections = new Map<string, string>();
  const text = rfc.replace(/\n+[^\n]*\[Page \d+\]\n\f\n?RFC \d+ [^\n]*\n+/g, "\n");
  let section = "";
  for (const line of text.split("\n")) {
    const heading = /^(\d+(?:\.\d+)*)\. {1,3}\S/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    const words = line.trim().replace(/^(\d+\. +|[o*] +|; ?)/, "");
    if (heading !== undefined || words === "") continue;
    const before = sections.get(section) ?? "";
    const isBroken = before.endsWith("-") && !before.endsWith(" -");
    sections.set(section, `${before}${isBroken || before === "" ? "" : " "}${words.replace(/ +;? */g, " ")}`);
  }
  return sections;
}

function faultsOf(
  standard: string,
  sections: ReadonlyMap<string, string>,
  sentences: readonly (readonly [name: string, sentence: Sentence])[],
): string[] {
  const faults: string[] = [];
  const seen = new Map<string, [from: number, to: number][]>();
  let last = { section: "", at: 0 };
  for (const [name, { source, text }] of sentences) {
    const section = source.slice(standard.length + 2);
    const whole = sections.get(section) ?? "";
    // The introduction of a list stands before each of its items.
    const places = text
      .split(/(?<=conditions are met:|following conditions:) /)
      .map((part) => placesOf(whole, part));
    if (places.some(({ length }) => length === 0))
      faults.push(`${source}: ${name} is not in the text: ${text}`);
    seen.set(section, [...(seen.get(section) ?? []), ...places.flat()]);
    const at = places.at(-1)?.[0]?.[0] ?? 0;
    if (section === last.section && at < last.at)
      faults.push(`${source}: ${name} is not in the order of the text`);
    last = { section, at };
  }
  const [from, to] = inFull[standard];
  for (const [section, text] of sections) {
    const top = Number(section.split(".")[0]);
    if (top < from || top > to) continue;
    for (const { index } of text.matchAll(required)) {
      if (seen.get(section)?.some(([start, end]) => index >= start && index < end)) continue;
      faults.push(`${section}: this is in no sentence: ${text.slice(Math.max(0, index - 80), index + 80)}`);
    }
  }
  return faults;
}

function placesOf(whole: string, part: string): [from: number, to: number][] {
  const places: [number, number][] = [];
  for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1))
    places.push([at, at + part.length]);
  return places;
}
