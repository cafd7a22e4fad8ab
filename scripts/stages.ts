import { globSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A part of `npm test`, with its own line in the summary. */
export interface Stage {
  readonly name: string;
  /** Where the results come from; a `check` is one result, passed when all its commands end with 0. */
  readonly kind: "check" | "node" | "deno" | "bun";
  /** Programs of node_modules/.bin with their arguments, run one after another. */
  readonly commands: readonly (readonly string[])[];
  /** For the other kinds: the test files, added to the command. */
  readonly files?: readonly string[];
  /** `--quick` runs it too, with these variables. */
  readonly quick?: Readonly<Record<string, string>>;
  /** Only `--long` runs it. */
  readonly long?: true;
}

/** Folders of `test` with a stage of their own; the tests of every other folder are unit tests. */
const ownStage = ["conformance", "clients", "tool", "mutation", "browser", "proxies", "commands", "long"];
/** Tests of code that is the same on Node, Deno and Bun: they run on each. */
const everywhere = ["protocol", "endpoint", "subprotocol", "rooms", "client", "tickets"];

const test = join(import.meta.dirname, "../test");
const unit = readdirSync(test, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !ownStage.includes(entry.name))
  .map((entry) => entry.name);

const portable = [...everywhere.flatMap(inside), "./test/fuzz/properties.test.ts"];

const node = ["node", "--test"];
// They start servers and measure time: one file at a time.
const nodeInTurn = [...node, "--test-concurrency=1"];

export const stages: readonly Stage[] = [
  { name: "lint", kind: "check", quick: {}, commands: [["biome", "check", "."]] },
  {
    name: "types",
    kind: "check",
    quick: {},
    commands: [
      ["tsc", "-p", "src"],
      ["tsc", "-p", "runtimes"],
      ["tsc", "-p", "."],
    ],
  },
  {
    name: "unit on node",
    kind: "node",
    quick: {},
    commands: [node],
    files: [...tests("*"), ...unit.flatMap(inside)],
  },
  {
    name: "unit on deno",
    kind: "deno",
    commands: [["deno", "test", "--quiet", "--allow-all", "--no-check"]],
    files: portable,
  },
  { name: "unit on bun", kind: "bun", commands: [["bun", "test"]], files: portable },
  {
    name: "conformance",
    kind: "node",
    quick: { WIREHALL_ONLY: "node/" },
    commands: [nodeInTurn],
    files: inside("conformance"),
  },
  { name: "clients", kind: "node", commands: [nodeInTurn], files: inside("clients") },
  { name: "tool", kind: "node", commands: [nodeInTurn], files: inside("tool") },
  { name: "mutation", kind: "node", commands: [nodeInTurn], files: inside("mutation") },
  { name: "browser", kind: "node", commands: [nodeInTurn], files: inside("browser") },
  { name: "proxies", kind: "node", commands: [nodeInTurn], files: inside("proxies") },
  { name: "commands", kind: "node", commands: [nodeInTurn], files: inside("commands") },
  { name: "long", kind: "node", long: true, commands: [nodeInTurn], files: inside("long") },
];

function inside(folder: string): string[] {
  return tests(`${folder}/**/*`);
}

function tests(pattern: string): string[] {
  return globSync(`${pattern}.test.ts`, { cwd: test })
    .sort()
    .map((file) => `./test/${file}`);
}
