import { parseWanted, usage, type Wanted } from "./arguments.ts";
import type { NumberedCase } from "./case.ts";
import { casesFor, chosen } from "./cases/all.ts";
import { whyUnwritable, writeReports } from "./report/files.ts";
import type { Output } from "./report/lines.ts";
import { Progress } from "./report/progress.ts";
import { type Counts, countsOf, headline, type Report, table } from "./report/summary.ts";
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

/**
 * `wirehall conformance`: runs with these arguments and returns the exit status. When `signal` is aborted, it tells what
 * was seen so far and returns 130 at once, whatever is still open.
 */
export async function conformance(
  args: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
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
  const unwritable = whyUnwritable(wanted);
  if (unwritable !== undefined) return refuse(streams, unwritable);
  const progress = new Progress(streams.out, cases.length);
  const seen: Result[] = [];
  const onResult = (result: Result): void => {
    if (signal.aborted) return;
    seen.push(result);
    progress.add(result);
  };
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    const report = await Promise.race([run(wanted, role, cases, streams, onResult), aborted]);
    progress.end();
    if (report === undefined) return interrupted(seen, cases.length, wanted, streams);
    return finish(report, wanted, streams);
  } catch (error) {
    progress.end();
    return refuse(streams, (error as Error).message);
  }
}

async function run(
  wanted: Wanted,
  role: Report["role"],
  cases: readonly NumberedCase[],
  streams: Streams,
  onResult: (result: Result) => void,
): Promise<Report> {
  const { subject, timeoutMs, concurrency } = wanted;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  let results: Result[];
  let name: string;
  if (typeof subject === "number") {
    const onListening = (port: number): void => {
      streams.out.write(
        `${cases.length} cases await a client that echoes:\nws://localhost:${port}/count, then /case/1 and so on\n`,
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
  const tookMs = Math.round(performance.now() - start);
  return { subject: name, role, startedAt, tookMs, counts: countsOf(results), results };
}

function finish(report: Report, wanted: Wanted, { out }: Streams): number {
  const { results, tookMs, counts } = report;
  out.write(`\n${table(results)}\n\n`);
  out.write(`${results.length} cases in ${(tookMs / 1000).toFixed(1)} s: ${headline(counts)}\n`);
  writeReports(report, wanted);
  return statusOf(counts, wanted.allowLenient);
}

function interrupted(seen: readonly Result[], all: number, wanted: Wanted, { out }: Streams): number {
  if (seen.length > 0) out.write(`\n${table(seen)}\n\n`);
  const isAsked = wanted.json !== undefined || wanted.html !== undefined;
  out.write(`interrupted after ${seen.length} of ${all} cases${isAsked ? "; no report was written" : ""}\n`);
  return 130;
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
