import assert from "node:assert/strict";
import { test } from "node:test";
import { portableText } from "../../src/protocol/mod.ts";
import { frame, TEXT } from "../protocol/frames.ts";
import { readCorpus } from "./corpus.ts";
import { fuzz, type Tally } from "./differential.ts";
import { compare, rules } from "./rules.ts";
import { describeVerdict, type Input, type ReadInput, readByWirehall } from "./verdict.ts";

const SEED = 6455;
const INPUTS = 25_000;
// What the faults below need at most, with room.
const INPUTS_FOR_A_FAULT = 5000;

function upTo(inputs: number): (tally: Tally) => boolean {
  return (tally) => tally.inputs < inputs && tally.findings.size === 0;
}

function report(findings: ReadonlyMap<string, Input>): string {
  return Array.from(findings, ([name, input]) => {
    const { ours, theirs } = compare(input);
    const { role, maxMessageBytes, maxFragments, bytes, cuts } = input;
    return (
      `${name}: as ${role}, ${maxMessageBytes} bytes and ${maxFragments} fragments at most, ` +
      `${Buffer.from(bytes).toString("hex")} cut at [${cuts}]: ` +
      `Wirehall says ${describeVerdict(ours)}; ws says ${describeVerdict(theirs)}`
    );
  }).join("\n");
}

test("Wirehall and ws agree on mutated sessions, or differ by a rule", async () => {
  const tally = await fuzz({ seed: SEED, more: upTo(INPUTS) });
  assert.equal(report(tally.findings), "", `seed ${SEED}`);
  assert.equal(tally.inputs, INPUTS);
  for (const rule of Object.keys(rules)) assert.ok(tally.why.has(rule), `no input needed the rule ${rule}`);
  assert.ok((tally.why.get("same") ?? 0) > INPUTS * 0.7, "most inputs need no rule");
  for (const end of [
    "open",
    "fail 1002",
    "fail 1007",
    "fail 1008",
    "fail 1009",
    "close 1000",
    "close 1005",
  ]) {
    assert.ok((tally.ends.get(end) ?? 0) > 50, `few inputs ended as ${end}`);
  }
});

const corpus = readCorpus();

test("the corpus has an example of every rule", () => {
  const expected = new Set(Array.from(corpus.values(), (kept) => kept.expected));
  assert.deepEqual(
    Object.keys(rules).filter((rule) => !expected.has(rule)),
    [],
  );
});

for (const [name, { input, expected, comment }] of corpus) {
  test(`corpus: ${name}: ${expected}`, () => {
    const { ours, theirs, why } = compare(input);
    assert.equal(why, expected, `${comment}\nnow ${describeVerdict(ours)}; ws: ${describeVerdict(theirs)}`);
  });
}

/** Readers with a fault that must be found, or the fuzzer proves nothing. */
const faults: Readonly<Record<string, ReadInput>> = {
  "one byte too many is taken": (input) =>
    readByWirehall({ ...input, maxMessageBytes: input.maxMessageBytes + 1 }),
  "one fragment too many is taken": (input) =>
    readByWirehall({ ...input, maxFragments: input.maxFragments + 1 }),
  "one fragment too few is taken": (input) =>
    readByWirehall({ ...input, maxFragments: input.maxFragments - 1 }),
  "a byte order mark is lost": (input) =>
    readByWirehall(input, {
      ...portableText,
      decodeUtf8: (...bytes) => portableText.decodeUtf8(...bytes)?.replace(/^\ufeff/, ""),
    }),
  "bad UTF-8 is replaced": (input) =>
    readByWirehall(input, {
      ...portableText,
      decodeUtf8: (bytes, start, end) => new TextDecoder().decode(bytes.subarray(start, end)),
    }),
  "bad UTF-8 is a protocol error": (input) => mapEnd(input, (end) => end.replace("1007", "1002")),
  "a length out of bounds is a protocol error": (input) =>
    mapEnd(input, (end) => end.replace("1009", "1002")),
  "a close reason is lost": (input) => mapEnd(input, (end) => end.replace(/^(close \d+ ).*/, "$1")),
  "close code 1003 is refused": (input) => mapEnd(input, (end) => end.replace(/^close 1003 .*/, "fail 1002")),
  "a violation is let pass": (input) => mapEnd(input, (end) => end.replace("fail 1002", "open")),
  "an empty pong is lost": (input) =>
    mapEvents(input, (events) => events.filter((event) => event !== "pong ")),
  "events are out of order": (input) =>
    mapEvents(input, (events) =>
      events.toSorted((one, other) => (one.slice(0, 4) < other.slice(0, 4) ? -1 : 0)),
    ),
  "what came before a violation is lost": (input) => {
    const verdict = readByWirehall(input);
    return verdict.end.startsWith("fail ") ? { ...verdict, events: [] } : verdict;
  },
};

function mapEnd(input: Input, map: (end: string) => string): ReturnType<ReadInput> {
  const verdict = readByWirehall(input);
  return { ...verdict, end: map(verdict.end) };
}

function mapEvents(
  input: Input,
  map: (events: readonly string[]) => readonly string[],
): ReturnType<ReadInput> {
  const verdict = readByWirehall(input);
  return { ...verdict, events: map(verdict.events) };
}

for (const [fault, read] of Object.entries(faults)) {
  test(`a reader with a fault is found: ${fault}`, async () => {
    const tally = await fuzz({ seed: SEED, more: upTo(INPUTS_FOR_A_FAULT), read });
    assert.equal(tally.findings.size, 1, `not in ${tally.inputs} inputs`);
  });
}

test("an exception of the wire is a finding", () => {
  const input: Input = {
    role: "server",
    maxMessageBytes: 10,
    maxFragments: 10,
    bytes: frame({ opcode: TEXT, payload: "hi" }),
    cuts: [],
  };
  const read: ReadInput = (given) =>
    readByWirehall(given, {
      ...portableText,
      decodeAscii: () => {
        throw new Error("broken");
      },
    });
  assert.equal(compare(input).why, "same");
  const broken = compare(input, read);
  assert.equal(broken.why, undefined);
  assert.match(broken.ours.end, /threw .*broken/);
});
