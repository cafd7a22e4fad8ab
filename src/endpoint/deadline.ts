import { type Awaitable, isPromise } from "./awaitable.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** What comes in place of an answer that took too long. */
export const LATE: unique symbol = Symbol("late");

/**
 * The answer of an app, or `LATE` when the time is over before it.
 *
 * What a late answer is nobody asks any more; that it is a throw is logged.
 */
export function inTime<T>(
  answer: Awaitable<T>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  timeoutMs: number,
): Awaitable<T | typeof LATE> {
  if (!isPromise(answer) || timeoutMs === Number.POSITIVE_INFINITY) return answer;
  return new Promise((resolve, reject) => {
    let isLate = false;
    const cancel = clock.after(timeoutMs, () => {
      isLate = true;
      resolve(LATE);
    });
    answer.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
        if (isLate) {
          const message = "the app threw, after its time to answer an upgrade was over";
          log({ level: "error", event: "fetch-threw", message, error });
        }
      },
    );
  });
}
