// `npm run fuzz -- --seconds 60 --seed 1`: compares Wirehall's wire with ws on mutated input, and keeps what it
// finds in corpus/, where `npm test` replays it.
import { parseArgs } from "node:util";
import { readCorpus, writeCorpus } from "./corpus.ts";
import { fuzz } from "./differential.ts";
import { type Rule, rules } from "./rules.ts";
import { describeVerdict } from "./verdict.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error("usage: npm run fuzz -- [--seconds N] [--seed N]");
  process.exit(2);
}

const known = new Set(Array.from(readCorpus().values(), ({ expected }) => expected));
const until = performance.now() + seconds * 1000;
console.log(`fuzzing for ${seconds} s with the seed ${seed}`);
const tally = await fuzz({
  seed,
  more: () => performance.now() < until,
  found: (input, { ours, theirs, why }) => {
    if (why !== undefined && known.has(why)) return;
    const explained = why === undefined ? "unexplained" : rules[why as Rule];
    const name = why ?? `seed-${seed}-${ours.end}-ws-${theirs.end}`.replaceAll(/[^a-z0-9]+/g, "-");
    const comment = `${explained}. Wirehall: ${describeVerdict(ours)}; ws: ${describeVerdict(theirs)}`;
    console.log(`${writeCorpus(name, { comment, expected: why ?? "same", input })}: ${comment}`);
  },
});

for (const counts of [tally.why, tally.ends]) {
  for (const [name, times] of [...counts].sort()) console.log(`${String(times).padStart(9)}  ${name}`);
  console.log("");
}
console.log(`${tally.inputs} inputs, ${tally.findings.size} ways to differ that no rule explains`);
process.exitCode = tally.findings.size > 0 ? 1 : 0;
