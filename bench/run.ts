import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./child.ts";
import { type Cores, pinned } from "./cores.ts";
import type { Order, Trial } from "./load/order.ts";
import type { Row } from "./rows.ts";
import type { Announcement } from "./servers/announce.ts";
import { commandOf, type Subject } from "./subjects.ts";

/** How long and how often. */
export interface Plan {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Whether trials that were disturbed are repeated. */
  readonly repeats: boolean;
}

/** A server's trials in one row. */
export interface Subjected {
  readonly subject: Subject;
  readonly version: string;
  /** One for each round. */
  readonly trials: readonly Trial[];
}

/** Told of each trial that is over. */
export type OnTrial = (round: number, subject: Subject, trial: Trial, repeated: boolean) => void;

/** A trial is disturbed when others took more than this share of the server's core. */
export const MOST_DISTURBED = 0.05;

const MAX_ATTEMPTS = 4;
const PAUSE_MS = 2_000;

/**
 * Runs a row: in each round every server once, freshly started, beginning with another one each time.
 *
 * So what changes on the machine meanwhile meets all of them, and a ratio is taken within a round.
 */
export async function runRow(
  row: Row,
  subjects: readonly Subject[],
  plan: Plan,
  load: Child,
  cores: Cores,
  onTrial: OnTrial,
): Promise<Subjected[]> {
  const results = subjects.map((subject) => ({ subject, version: "", trials: [] as Trial[] }));
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < results.length; turn++) {
      const result = results[(round + turn) % results.length];
      let best: Trial | undefined;
      for (let attempt = plan.repeats ? 1 : MAX_ATTEMPTS; attempt <= MAX_ATTEMPTS; attempt++) {
        const { trial, version } = await runTrial(row, result.subject, plan, load, cores);
        result.version = version;
        if (best === undefined || disturbance(trial) < disturbance(best)) best = trial;
        const repeated = disturbance(best) > MOST_DISTURBED && attempt < MAX_ATTEMPTS;
        onTrial(round, result.subject, trial, repeated);
        if (!repeated) break;
        await sleep(attempt * PAUSE_MS);
      }
      result.trials.push(best!);
    }
  }
  return results;
}

/** The share of the server's core that others took. */
export function disturbance(trial: Trial): number {
  return (trial.otherCpuSeconds ?? 0) / trial.seconds;
}

async function runTrial(
  { workload }: Row,
  subject: Subject,
  { warmUpMs, measureMs }: Plan,
  load: Child,
  cores: Cores,
): Promise<{ trial: Trial; version: string }> {
  const server = new Child(subject.title, pinned(cores.server, commandOf(subject, workload)));
  try {
    const { port, pid, version } = await server.hear<Announcement>();
    const order: Order = { workload, port, pid, core: cores.server, warmUpMs, measureMs };
    const trial = await load.ask<Trial>(order);
    return { trial, version };
  } catch (error) {
    throw new Error(`${subject.title}: ${error instanceof Error ? error.message : error}`);
  } finally {
    await server.stop();
  }
}
