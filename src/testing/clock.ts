import type { Clock } from "../endpoint/clock.ts";

/** A clock that a test moves by hand; it begins at 0, which is its epoch. */
export interface ManualClock extends Clock {
  /** Moves time on, and calls what is due on the way, in the order in which it is due. */
  advance(ms: number): void;
}

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

export function manualClock(): ManualClock {
  const pending = new Set<Pending>();
  let nowMs = 0;
  return {
    now: () => nowMs,
    date: () => nowMs,
    after(ms, callback) {
      const entry: Pending = { dueMs: nowMs + ms, callback };
      pending.add(entry);
      return () => pending.delete(entry);
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const due = [...pending].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        pending.delete(due);
        nowMs = due.dueMs;
        due.callback();
      }
      nowMs = endMs;
    },
  };
}
