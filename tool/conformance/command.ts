import { writeFileSync } from "node:fs";
import { parseWanted, usage, type Wanted } from "./arguments.ts";
import type { NumberedCase } from "./case.ts";
import { casesFor, chosen } from "./cases/all.ts";
import { html } from "./report/html.ts";
import { type Output, Progress } from "./report/progress.ts";
import { type Counts, countsOf, type Report, table } from "./report/summary.ts";
import type { Result } from "./run-case.ts";
import { runClient } from "./run-client.ts";
import { runServer, whyUnusable } from "./run-server.ts";

/** Where a command writes. */
export interface Streams {
  readonly out: Output;
  readonly err: Output;
}

const leastIdleMs = 60_000;
/** A short --timeout-ms is for the cases; whether there is anything to test may take longer to tell. */
const leastPatienceMs = 10_000;

/** `wirehall conformance`: runs with these arguments and returns the exit status. */
export async function conformance(args: readonly string[], streams: Streams): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    streams.out.write(`${usage}\n`);
    return 0;
  }
  const wanted = parseWanted(args);
  if (typeof wanted === "string") return refuse(streams, wanted);
  const role = typeof wanted.subject === "number" ? "client" : "server";
  const all = casesFor(role);
  const unknown = wanted.only.find((only) => chosen(all, only).length === 0);
  if (unknown !== undefined)
    return refuse(streams, `--only ${unknown}: no case has that number and no group that name`);
  const wantedIds = new Set(wanted.only.flatMap((only) => chosen(all, only).map(({ id }) => id)));
  const cases = wanted.only.length === 0 ? all : all.filter(({ id }) => wantedIds.has(id));
  if (wanted.list) return list(cases, streams);
  try {
    const report = await run(wanted, role, cases, streams);
    return finish(report, wanted, streams);
  } catch (error) {
    return refuse(streams, (error as Error).message);
  }
}

async function run(
  wanted: Wanted,
  role: Report["role"],
  cases: readonly NumberedCase[],
  streams: Streams,
): Promise<Report> {
  const progress = new Progress(streams.out, cases.length);
  const onResult = (result: Result): void => progress.add(result);
  const { subject, timeoutMs, concurrency } = wanted;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  let results: Result[];
  let name: string;
  if (typeof subject === "number") {
    const onListening = (port: number): void => {
      streams.out.write(
        `${cases.length} cases await a client that echoes: ws://localhost:${port}/count, then /case/1 and so on\n`,
      );
    };
    const idleMs = Math.max(leastIdleMs, timeoutMs * 4);
    results = await runClient(subject, cases, { timeoutMs, idleMs, onResult, onListening });
    name = "the client";
  } else {
    const reason = await whyUnusable(subject, Math.max(timeoutMs, leastPatienceMs));
    if (reason !== undefined) throw new Error(reason);
    results = await runServer(subject, cases, { timeoutMs, concurrency, onResult });
    name = `ws://${subject.host}:${subject.port}${subject.target}`;
  }
  progress.end();
  const tookMs = Math.round(performance.now() - start);
  return { subject: name, role, startedAt, tookMs, counts: countsOf(results), results };
}

function finish(report: Report, wanted: Wanted, { out }: Streams): number {
  out.write(
    `\n${table(report.results)}\n\n${report.results.length} cases in ${(report.tookMs / 1000).toFixed(1)} s\n`,
  );
  if (wanted.json !== undefined) writeFileSync(wanted.json, `${JSON.stringify(report, null, 2)}\n`);
  if (wanted.html !== undefined) writeFileSync(wanted.html, html(report));
  return statusOf(report.counts, wanted.allowLenient);
}

/** For CI: whether all went as it should. */
export function statusOf({ failed, lenient }: Counts, allowLenient: boolean): 0 | 1 {
  return failed > 0 || (lenient > 0 && !allowLenient) ? 1 : 0;
}

function list(cases: readonly NumberedCase[], { out }: Streams): number {
  for (const { id, group, title, quote } of cases)
    out.write(`${id.padEnd(8)}${group.padEnd(11)}${title} (${quote.source})\n`);
  return 0;
}

function refuse({ err }: Streams, reason: string): number {
  err.write(`wirehall conformance: ${reason}\n`);
  return 2;
}
