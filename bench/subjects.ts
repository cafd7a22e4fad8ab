import { join } from "node:path";

export type RuntimeName = "node" | "deno" | "bun";

/** A server that a row measures. */
export interface Subject {
  readonly name: string;
  readonly title: string;
  readonly runtime: RuntimeName;
  /** In `bench/servers`; takes the workload as JSON, then `args`. */
  readonly file: string;
  readonly args?: readonly string[];
  /** The others are compared with it. Node's are in every run; another runtime's has its runtime's name. */
  readonly baseline?: true;
}

/** The servers, in the order of the table. A further peer is a further record and its file. */
export const subjects: readonly Subject[] = [
  { name: "raw", title: "raw net socket, the limit", runtime: "node", file: "raw.ts", baseline: true },
  { name: "ws", title: "npm ws with bufferutil", runtime: "node", file: "ws.ts", baseline: true },
  {
    name: "wirehall",
    title: "Wirehall, Node codec",
    runtime: "node",
    file: "wirehall.ts",
    args: ["codec"],
  },
  { name: "deno", title: "bare Deno.upgradeWebSocket", runtime: "deno", file: "deno.ts", baseline: true },
  {
    name: "wirehall-deno-codec",
    title: "Wirehall, Deno codec",
    runtime: "deno",
    file: "wirehall.ts",
    args: ["codec"],
  },
  {
    name: "wirehall-deno-native",
    title: "Wirehall, Deno native",
    runtime: "deno",
    file: "wirehall.ts",
    args: ["native"],
  },
  { name: "bun", title: "bare Bun.serve", runtime: "bun", file: "bun.ts", baseline: true },
  {
    name: "wirehall-bun-native",
    title: "Wirehall, Bun native",
    runtime: "bun",
    file: "wirehall.ts",
    args: ["native"],
  },
  {
    name: "wirehall-bun-codec",
    title: "Wirehall, Bun codec",
    runtime: "bun",
    file: "wirehall.ts",
    args: ["codec"],
  },
];

const binaries = join(import.meta.dirname, "../node_modules/.bin");

const launchers: Readonly<Record<RuntimeName, readonly string[]>> = {
  node: [process.execPath],
  deno: [join(binaries, "deno"), "run", "--quiet", "--no-check", "--allow-all"],
  bun: [join(binaries, "bun"), "run", "--silent"],
};

/** The program and arguments that start a subject. */
export function commandOf(subject: Subject, workload: object): string[] {
  const file = join(import.meta.dirname, "servers", subject.file);
  return [...launchers[subject.runtime], file, JSON.stringify(workload), ...(subject.args ?? [])];
}

/** Node's baselines, and all subjects of the runtimes that were asked for. */
export function subjectsOf(runtimes: readonly RuntimeName[]): Subject[] {
  return subjects.filter(
    ({ runtime, baseline }) => runtimes.includes(runtime) || (baseline === true && runtime === "node"),
  );
}
