// Runs the stages of scripts/stages.ts, all of them even when one fails, and sums up what really ran.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { stopGroup } from "./group.ts";
import { type Results, reportTo, resultsOf } from "./results.ts";
import { type Stage, stages } from "./stages.ts";

interface Outcome {
  readonly stage: Stage;
  readonly results: Results;
  readonly seconds: number;
}

const root = join(import.meta.dirname, "..");
const usage = "usage: npm test -- [--quick | --long] [--only NAME,NAME...]";
const usualLimitMinutes = 8;

const { quick, long, only } = readArguments();
const reports = mkdtempSync(join(tmpdir(), "wirehall-test-"));
process.on("exit", () => rmSync(reports, { recursive: true, force: true }));

const outcomes: Outcome[] = [];
for (const stage of chosenStages()) outcomes.push(await runStage(stage));
summarise(outcomes);

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { quick: { type: "boolean" }, long: { type: "boolean" }, only: { type: "string" } },
    });
    return { ...values, only: values.only?.split(",") };
  } catch (error) {
    refuse(error instanceof Error ? error.message.split(/[.\n]/, 1)[0] : String(error));
  }
}

function chosenStages(): Stage[] {
  const unknown = only?.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    refuse(
      `no stage is named ${JSON.stringify(unknown)}: there are ${stages.map(({ name }) => name).join(", ")}`,
    );
  }
  if (only) return stages.filter(({ name }) => only.includes(name));
  return stages.filter((stage) => (quick ? stage.quick : long || !stage.long));
}

async function runStage(stage: Stage): Promise<Outcome> {
  console.log(`\n=== ${stage.name}`);
  const started = performance.now();
  const report = join(reports, stage.name);
  const missing = stage.files?.length === 0;
  if (missing) console.log(`no test files for ${stage.name} in test/`);
  let ok = !missing;
  for (const command of missing ? [] : stage.commands) {
    const line = [...command, ...reportTo(stage.kind, report), ...(stage.files ?? [])];
    ok = (await run(line, quick ? stage.quick : undefined, stage.limitMinutes)) && ok;
  }
  // The long suite is a place for tests that may come later; any other stage without tests is a mistake.
  const results =
    missing && stage.long ? { passed: 0, failed: 0, skipped: 0 } : resultsOf(stage.kind, report, ok);
  return { stage, results, seconds: (performance.now() - started) / 1000 };
}

function run(
  [program, ...args]: string[],
  vars: Readonly<Record<string, string>> | undefined,
  limitMinutes: number = usualLimitMinutes,
): Promise<boolean> {
  const binaries = join(root, "node_modules/.bin");
  const child = spawn(join(binaries, program), args, {
    cwd: root,
    env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ""}`, ...vars },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const limit = setTimeout(() => {
    console.error(`${program} took more than ${limitMinutes} minutes and is ended`);
    void stopGroup(child, "SIGKILL");
  }, limitMinutes * 60_000);
  const interrupt = async (signal: NodeJS.Signals) => {
    await stopGroup(child, signal);
    process.exit(1);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return new Promise((resolve) => {
    const end = async (ok: boolean) => {
      clearTimeout(limit);
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
      await stopGroup(child, "SIGTERM");
      resolve(ok);
    };
    child.on("error", (error) => {
      console.error(`cannot start ${program}: ${error.message}`);
      void end(false);
    });
    child.on("exit", (code) => void end(code === 0));
  });
}

function summarise(outcomes: readonly Outcome[]): void {
  const width = Math.max(...outcomes.map(({ stage }) => stage.name.length));
  console.log("\n=== summary");
  for (const { stage, results, seconds } of outcomes) {
    const { passed, failed, skipped } = results;
    const verdict = failed > 0 ? "FAILED" : passed > 0 ? "ok" : "none";
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    console.log(
      `${verdict.padEnd(6)}  ${stage.name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${counts}`,
    );
  }
  const total = (key: keyof Results) => outcomes.reduce((sum, { results }) => sum + results[key], 0);
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  console.log(`in ${seconds.toFixed(1)} s`);
  console.log(`${total("passed")} passed, ${total("failed")} failed`);
  process.exitCode = total("failed") > 0 ? 1 : 0;
}

function refuse(line: string): never {
  console.error(`test: ${line}; ${usage}`);
  process.exit(2);
}
