/** When one connection is closed after a shutdown began, and after how long its client may come back. */
export interface RestartClose {
  readonly delayMs: number;
  readonly retryMs: number;
}

export interface RestartSchedule {
  readonly closes: readonly RestartClose[];
  /** For a connection that comes when all have their times. */
  readonly lastRetryMs: number;
}

/** How many clients a server that starts anew should have to take in a second: handshakes with TLS cost much. */
const RETURNS_PER_SECOND = 500;

/** However few they are, they return over this time. */
const MIN_RETURN_MS = 1_000;

/**
 * Spreads the closes of a shutdown evenly over its time, and the clients' return evenly over a time after its end.
 *
 * A client that came back earlier would find a server that still refuses, or nobody. The i-th of n is closed after
 * `i / n` of the shutdown, and is to be back after its end plus `i / n` of the time of return, which is as long as the
 * shutdown itself, and long enough that no more than 500 return in a second. It is told what is left until then:
 * where the shutdown is the longer one, the same for each.
 */
export function restartSchedule(count: number, overMs: number): RestartSchedule {
  const returnMs = Math.max(overMs, MIN_RETURN_MS, Math.ceil((count / RETURNS_PER_SECOND) * 1_000));
  const closes = Array.from({ length: count }, (_, index) => {
    const delayMs = Math.floor((overMs * index) / count);
    return { delayMs, retryMs: overMs - delayMs + Math.floor((returnMs * index) / count) };
  });
  return { closes, lastRetryMs: overMs + returnMs };
}

/** How long a shutdown may take to close so many, where it need not take longer than is good for their return. */
export function restartMs(count: number, mostMs: number): number {
  return Math.min(mostMs, Math.ceil((count / RETURNS_PER_SECOND) * 1_000));
}

/** The reason of the close frame. */
export function restartReason(retryMs: number): string {
  return `retry=${retryMs}`;
}
