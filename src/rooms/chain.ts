/**
 * Which rooms wait for each other: a call bears the rooms that wait for its answer, so that one that comes back to a
 * room of its own chain is refused, instead of waiting for ever.
 */

/** A turn as a part of a chain: its room, and those that wait for it. */
export interface Link {
  readonly room: string;
  readonly before: readonly string[];
  /** Nobody waits for it any more, though something that it started may still run. */
  readonly isOver: boolean;
}

/** What carries a link through `await`: the platform's `AsyncLocalStorage`, of which this is used. */
export interface LinkCarrier {
  run<A extends unknown[], T>(link: Link, act: (...args: A) => T, ...args: A): T;
  getStore(): Link | undefined;
}

let carrier: LinkCarrier | undefined;
/** The turn whose handler runs right now, till its first `await`. */
let running: Link | undefined;

/** For a runtime. Without one, a chain is known till a handler's first `await`, and `turnTimeoutMs` ends the rest. */
export function carryLinksBy(platforms: LinkCarrier | undefined): void {
  carrier = platforms;
}

/** The rooms that wait for whoever asks, from the first caller on. */
export function currentChain(): readonly string[] {
  const link = running ?? carrier?.getStore();
  return link === undefined || link.isOver ? [] : [...link.before, link.room];
}

/** Makes a turn the one that runs, or none; the result is for `leaveLink`. */
export function enterLink(link: Link | undefined): Link | undefined {
  const outer = running;
  running = link;
  return outer;
}

export function leaveLink(outer: Link | undefined): void {
  running = outer;
}

/** Calls a handler so that its turn is known behind its `await`s too. */
export function carryLink<A extends unknown[], T>(link: Link, act: (...args: A) => T, ...args: A): T {
  return carrier === undefined ? act(...args) : carrier.run(link, act, ...args);
}
