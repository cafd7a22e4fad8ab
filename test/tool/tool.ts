import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Report } from "../../tool/conformance/report/summary.ts";
import type { Result } from "../../tool/conformance/run-case.ts";

/** The program. */
export const main: string = fileURLToPath(new URL("../../tool/main.ts", import.meta.url));

export interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  /** Undefined when the tool wrote none. */
  readonly report: Report | undefined;
}

/** Runs the tool as a user would; `line` sees each line that it prints. */
export function runTool(args: readonly string[], line: (text: string) => void = () => {}): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "wirehall-tool-"));
  const json = join(folder, "report.json");
  const child = spawn(process.execPath, [main, "conformance", ...args, "--json", json]);
  let [out, err] = ["", ""];
  createInterface(child.stdout).on("line", (text) => {
    out += `${text}\n`;
    line(text);
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      let report: Report | undefined;
      try {
        report = JSON.parse(readFileSync(json, "utf8")) as Report;
      } catch {}
      rmSync(folder, { recursive: true });
      resolve({ status, out, err, report });
    });
  });
}

/** Runs the tool as a server, and the client as soon as it listens. */
export async function against(
  client: (base: string) => Promise<void>,
  only: readonly string[] = [],
): Promise<Run> {
  let clientDone: Promise<void> = Promise.resolve();
  const run = await runTool(["--listen", "0", ...only.flatMap((one) => ["--only", one])], (line) => {
    const port = /localhost:(\d+)\/count/.exec(line)?.[1];
    if (port !== undefined) clientDone = client(`ws://127.0.0.1:${port}`);
  });
  await clientDone;
  return run;
}

/** The results of groups or numbers, for a server at this port and path. */
export async function resultsOf(
  port: number,
  only: readonly string[],
  path = "/echo",
  more: readonly string[] = [],
): Promise<readonly Result[]> {
  const args = [`ws://127.0.0.1:${port}${path}`, ...only.flatMap((one) => ["--only", one]), ...more];
  const { report, err, out } = await runTool(args);
  if (report === undefined) throw new Error(`the tool wrote no report: ${err}${out}`);
  return report.results;
}

/** `verdict id title: seen` of all that are not strict, for people who read why a test failed. */
export function others(results: readonly Result[], ...allowed: readonly string[]): string[] {
  return results
    .filter(({ verdict }) => verdict !== "strict" && !allowed.includes(verdict))
    .map(({ verdict, id, title, seen }) => `${verdict} ${id} ${title}: ${seen}`);
}
