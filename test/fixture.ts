import { join, resolve } from "node:path";
import { launcher as bun } from "../runtimes/bun/fixture.ts";
import { launcher as deno } from "../runtimes/deno/fixture.ts";
import { launcher as node } from "../runtimes/node/fixture.ts";
import { launcher as workers } from "../runtimes/workers/fixture.ts";
import { parseFixtureArguments } from "./support/fixture-arguments.ts";
import { runProgram } from "./support/program.ts";

/**
 * Serves the app of the black-box checks, or another one, on one runtime, and prints `LISTENING <port>` once it can be reached.
 * Ends, with what it started, on SIGTERM, SIGINT and SIGHUP, and when the standard input closes.
 */
const launchers = { node, deno, bun, workers };

const wanted = parseFixtureArguments(process.argv.slice(2), Object.values(launchers));
if (typeof wanted === "string") {
  console.error(`fixture: ${wanted}`);
  process.exit(2);
}

const app = resolve(wanted.app ?? join(import.meta.dirname, "fixture/app.ts"));
const vars: Record<string, string> = {
  WIREHALL_RUNTIME: wanted.runtime,
  WIREHALL_TRANSPORT: wanted.transport,
  PORT: String(wanted.port),
};
if (wanted.compress) vars.WIREHALL_COMPRESS = "1";
if (wanted.maxMessageBytes !== undefined) vars.WIREHALL_MAX_MESSAGE_BYTES = String(wanted.maxMessageBytes);
if (wanted.limits !== undefined) vars.WIREHALL_LIMITS = wanted.limits;

let listening = false;
let ending = false;
let stop: () => Promise<void> = async () => {};

function end(code: number): void {
  if (ending) return;
  ending = true;
  stop().then(
    () => process.exit(code),
    () => process.exit(1),
  );
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => end(0));

// When the input closes, whoever started us is gone; an input that was closed from the start says nothing.
const parent = process.ppid;
process.stdin.on("error", () => {});
process.stdin.on("end", () => {
  if (listening || process.ppid !== parent) end(0);
});
process.stdin.resume();

try {
  const program = await runProgram(launchers[wanted.runtime].command(app), vars, () => end(1));
  stop = program.stop;
  listening = true;
  console.log(`LISTENING ${program.port}`);
} catch (error) {
  console.error(`fixture: ${wanted.runtime}: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
