import type { NumberedCase } from "./case.ts";
import { text, whole } from "./judge/message.ts";
import { type Result, runCase } from "./run-case.ts";
import { type Address, ServerSubject } from "./server-subject.ts";
import { Peer } from "./wire/peer.ts";

export interface RunOptions {
  /** For one case; some have a multiple of it. */
  readonly timeoutMs: number;
  /** How many cases run at a time. */
  readonly concurrency: number;
  /** Called as each case ends, in no order. */
  readonly onResult: (result: Result) => void;
}

/** How long silence must last where it is an answer. */
export function graceOf(timeoutMs: number): number {
  return Math.min(1_000, timeoutMs / 4);
}

/** Runs the cases against a server, and returns their results in order. */
export async function runServer(
  address: Address,
  cases: readonly NumberedCase[],
  options: RunOptions,
): Promise<Result[]> {
  const { timeoutMs, concurrency, onResult } = options;
  const results: Result[] = [];
  const waiting = cases.entries();
  const work = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      const deadline = performance.now() + timeoutMs * (one.patience ?? 1);
      const result = await runCase(one, new ServerSubject(address, deadline, graceOf(timeoutMs)));
      results[index] = result;
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

/** In one line why there is nothing to test at this address, or undefined where a WebSocket opens and talks. */
export async function whyUnusable(address: Address, timeoutMs: number): Promise<string | undefined> {
  const { host, port, target } = address;
  const where = `ws://${host}:${port}${target}`;
  const subject = new ServerSubject(address, performance.now() + timeoutMs, 0);
  try {
    const { head, status, stream } = await subject.ask({});
    if (head === undefined) return `${where} ended the connection without an answer`;
    if (status !== 101)
      return `${where} answered "${head.firstLine}": give the path of an endpoint that echoes`;
    const peer = new Peer(stream, "client");
    peer.send(whole(text("Hello")));
    const spoke = await stream.within(timeoutMs, () => stream.size > 0 || stream.end !== undefined);
    return spoke ? undefined : `${where} accepts WebSockets, but echoed nothing within ${timeoutMs} ms`;
  } catch (error) {
    return `cannot connect to ${where}: ${(error as Error).message || (error as { code?: string }).code}`;
  } finally {
    subject.cleanUp();
  }
}
