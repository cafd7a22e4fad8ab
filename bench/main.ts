import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Arguments, readArguments, usage } from "./arguments.ts";
import { Child, stopChildren } from "./child.ts";
import { pickCores, pinned } from "./cores.ts";
import { describeEnvironment } from "./report/environment.ts";
import { Progress } from "./report/progress.ts";
import { type RowSummary, summarise } from "./report/summary.ts";
import { tableOf } from "./report/table.ts";
import { type Plan, runRow } from "./run.ts";
import { subjectsOf } from "./subjects.ts";

/** What `--json` writes. */
export interface Results {
  readonly environment: ReturnType<typeof describeEnvironment>;
  readonly quick: boolean;
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly rows: readonly RowSummary[];
}

const wanted = read();
if (process.platform !== "linux") fail("the servers' CPU is read from /proc, which only Linux has");
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void stopChildren().finally(() => process.exit(1)));
}
try {
  await bench(wanted);
} catch (error) {
  await stopChildren();
  fail(error instanceof Error ? error.message : String(error));
}

async function bench({ rows, runtimes, rounds, warmUpMs, measureMs, quick, json }: Arguments): Promise<void> {
  const cores = pickCores();
  const environment = describeEnvironment(cores.note);
  const subjects = subjectsOf(runtimes);
  const plan: Plan = { rounds, warmUpMs, measureMs, repeats: !quick };
  const { system, cpu, pinning, loadAverage } = environment;
  console.log(`${system}, ${cpu}; ${pinning}; load average ${loadAverage.toFixed(1)}`);
  if (quick) console.log("--quick: this shows that all works; the figures measure nothing");

  const load = new Child(
    "the load",
    pinned(cores.load, [process.execPath, join(import.meta.dirname, "load/main.ts")]),
  );
  const progress = new Progress(rounds);
  const summaries: RowSummary[] = [];
  for (const row of rows) {
    const results = await runRow(row, subjects, plan, load, cores, (round, subject, trial, repeated) =>
      progress.trial(row.name, round, subject, trial, repeated),
    );
    progress.clear();
    const summary = summarise(row, results);
    summaries.push(summary);
    console.log(`\n${tableOf(summary, rounds)}`);
  }
  await load.stop();

  const versions = new Set(
    summaries.flatMap(({ lines }) => lines.map(({ title, version }) => `${title}: ${version}`)),
  );
  console.log(`\n${[...versions].join("\n")}`);
  if (json !== undefined) {
    const results: Results = { environment, quick, rounds, warmUpMs, measureMs, rows: summaries };
    writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
  }
}

function read(): Arguments {
  try {
    const wanted = readArguments(process.argv.slice(2));
    if (wanted !== "help") return wanted;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    fail(`${(error as Error).message.split(/[.\n]/, 1)[0]}; --help tells more`);
  }
}

function fail(line: string): never {
  console.error(`bench: ${line}`);
  process.exit(2);
}
