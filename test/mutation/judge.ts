import { join } from "node:path";
import { casesFor, chosen } from "../../tool/conformance/cases/all.ts";
import type { Result } from "../../tool/conformance/run-case.ts";
import { runServer } from "../../tool/conformance/run-server.ts";
import { runProgram } from "../support/program.ts";
import type { Mutant, Role } from "./mutant.ts";

/** What the tool is to try in a copy of Wirehall. */
export interface Trial {
  readonly role: Role;
  /** The server's endpoint. */
  readonly path: string;
  /** Numbers of cases, or how they begin. */
  readonly only: readonly string[];
  readonly timeoutMs: number;
}

/** Runs the tool's cases against a copy, a program with these variables. Rejects where not they but the copy failed. */
type Judge = (
  copy: string,
  vars: Readonly<Record<string, string>>,
  trial: Trial,
) => Promise<readonly Result[]>;

/** By whose code is under test: how it is started, and how the tool meets it. */
export const judges: Readonly<Record<Role, Judge>> = { server: judgeServer };

/** So long that a case which does not wait in vain ends before, however busy the machine is. */
export const deadlineMs = 10_000;
/** For mutants that leave a case waiting. */
const shortDeadlineMs = 1_500;
const concurrency = 8;

/** What a mutant is tried by. */
export function trialOf({ role = "server", path = "/", kills, hangs }: Mutant): Trial {
  return { role, path, only: kills.flat(), timeoutMs: hangs ? shortDeadlineMs : deadlineMs };
}

/** The results that tell the mutant; none does that is not strict without it. */
export function tellers(
  { tells, hangs }: Mutant,
  results: readonly Result[],
  isStrict: (id: string) => boolean,
): readonly Result[] {
  return results.filter(({ id, verdict, tookMs }) => {
    if (!isStrict(id) || (!hangs && tookMs >= deadlineMs)) return false;
    return tells === undefined ? verdict === "failed" || verdict === "lenient" : verdict === tells;
  });
}

/** What is in `kills` although none of its cases tells. */
export function blind({ role = "server", kills }: Mutant, told: readonly Result[]): Mutant["kills"] {
  const ids = new Set(told.map(({ id }) => id));
  const cases = casesFor(role);
  const tells = (only: string): boolean => chosen(cases, only).some(({ id }) => ids.has(id));
  return kills.filter((kill) => !(typeof kill === "string" ? tells(kill) : kill.some(tells)));
}

async function judgeServer(
  copy: string,
  vars: Readonly<Record<string, string>>,
  { role, path, only, timeoutMs }: Trial,
): Promise<readonly Result[]> {
  const cases = casesFor(role).filter((one) => only.some((each) => chosen([one], each).length > 0));
  const server = await runProgram([process.execPath, join(copy, "test/mutation/server.ts")], vars, () => {});
  try {
    const address = { host: "127.0.0.1", port: server.port, target: path };
    const results = await runServer(address, cases, { timeoutMs, concurrency, onResult: () => {} });
    await mustLive(server.port);
    return results;
  } finally {
    await server.stop();
  }
}

/** A server that dies of the first case fails all others, whatever they ask. */
async function mustLive(port: number): Promise<void> {
  try {
    await fetch(`http://127.0.0.1:${port}/nothing`, { signal: AbortSignal.timeout(deadlineMs) });
  } catch (cause) {
    throw new Error("the server did not outlive the cases: mend the mutant, or nothing is known of them", {
      cause,
    });
  }
}
