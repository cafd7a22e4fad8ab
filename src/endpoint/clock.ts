/** Time as the library sees it; tests pass one that they move by hand. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Milliseconds since the epoch, as the system has it, which may be set. */
  date(): number;
  /** Calls back once after `ms` milliseconds; the result cancels. A pending call does not keep a process alive. */
  after(ms: number, callback: () => void): () => void;
}

interface Unreferable {
  unref?(): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    (timer as unknown as Unreferable).unref?.();
    return () => clearTimeout(timer);
  },
};
