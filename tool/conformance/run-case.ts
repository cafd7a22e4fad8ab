import type { NumberedCase } from "./case.ts";
import { Missing, type Subject } from "./subject.ts";
import { Breach, Expired, type Outcome } from "./verdict.ts";
import type { Peer } from "./wire/peer.ts";

/** A case and what became of it. */
export interface Result extends Outcome {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly quote: { readonly source: string; readonly text: string };
  readonly tookMs: number;
}

/** A subject whose connections can be dropped. */
export type RunningSubject = Subject & { readonly peers: readonly Peer[]; cleanUp(): void };

/** Runs one case to its verdict, whatever happens, and drops its connections. */
export async function runCase(one: NumberedCase, subject: RunningSubject): Promise<Result> {
  const start = performance.now();
  const outcome = await one.run(subject).catch((error: unknown) => outcomeOf(error, subject.peers));
  subject.cleanUp();
  const { id, group, title } = one;
  const { source, text } = one.quote;
  return {
    id,
    group,
    title,
    quote: { source, text },
    ...outcome,
    tookMs: Math.round(performance.now() - start),
  };
}

function outcomeOf(error: unknown, peers: readonly Peer[]): Outcome {
  const story = peers.at(-1)?.story ?? "nothing";
  if (error instanceof Missing) {
    return { verdict: "unimplemented", expected: "permessage-deflate", seen: error.message };
  }
  if (error instanceof Expired) {
    return { verdict: "failed", expected: error.message, seen: `${story}, and no more in time` };
  }
  if (error instanceof Breach) {
    return {
      verdict: "failed",
      expected: "nothing against the standard",
      seen: `${error.message}; before it ${story}`,
    };
  }
  const code = (error as { code?: unknown }).code;
  if (typeof code !== "string") throw error;
  return { verdict: "failed", expected: "a TCP connection", seen: `${code}: ${(error as Error).message}` };
}
