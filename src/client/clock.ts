/** Time as the client sees it; tests pass one that they move by hand. */
export interface ClientClock {
  /** Calls back once after `ms` milliseconds; the result cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** A pending call keeps a process alive: it waits to come back. */
export const systemClock: ClientClock = {
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
