import { type Clock, systemClock } from "./clock.ts";
import type { RefusalReason } from "./refusal.ts";

/** One thing worth telling the operator. */
export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  /** Constant for one kind of entry, such as `origin-refused`. */
  readonly event: string;
  /** One line for a person. */
  readonly message: string;
  readonly error?: unknown;
  /** Why something was refused: of the event `refused`, and of those that cut a connection off. */
  readonly reason?: RefusalReason;
  /** The address of the client that was refused or cut off, where the runtime tells. */
  readonly address?: string;
}

export type Log = (entry: LogEntry) => void;

/** What is written for one reason of refusal within this time is one line: who is refused may come back at once. */
const QUIET_MS = 1_000;

/** Entries as lines of the console. Of refusals for one reason there is a line a second, which counts the others. */
export function makeConsoleLog(
  clock: Pick<Clock, "now"> = systemClock,
  output: Pick<Console, LogEntry["level"]> = console,
): Log {
  const quiet = new Map<RefusalReason, { untilMs: number; left: number }>();
  return ({ level, event, message, error, reason }) => {
    let line = `wirehall: ${event}: ${message}`;
    if (reason !== undefined) {
      const nowMs = clock.now();
      const silence = quiet.get(reason);
      if (silence !== undefined && nowMs < silence.untilMs) {
        silence.left++;
        return;
      }
      if (silence !== undefined && silence.left > 0) line += ` (and ${silence.left} like it before)`;
      quiet.set(reason, { untilMs: nowMs + QUIET_MS, left: 0 });
    }
    if (error === undefined) output[level](line);
    else output[level](line, error);
  };
}

export const consoleLog: Log = makeConsoleLog();

const MAX_QUOTED = 200;

/** For an entry: what a stranger sent, in one line and bounded. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text);
}
