import type { Clock } from "./clock.ts";

/** What a wheel turns: something that is asked again and again, as long as it wants to. */
export interface Timed {
  /** The wheel's alone: where it waits, and until which tick. */
  slot: Set<Timed> | undefined;
  tick: number;
  /** Among many, entries are asked together where it does not matter: at a multiple of so many ticks [1]. */
  readonly grain?: number;
  /** It is due. Returns after how many milliseconds it wants to be asked again; undefined for never. */
  due(): number | undefined;
}

/** How exact the wheel is. */
export const TICK_MS = 10;
const SLOTS = 1024;
/** What is farther away waits at this distance, and then on. */
const HORIZON_TICKS: number = SLOTS - 1;

/** Later than this, the process stood still, and what came meanwhile has to be read before anybody is blamed. */
const LATE_MS = 200;

/**
 * One timer for all connections of a process, where each would else need its own.
 *
 * A hashed wheel: entries that are due in the same tick wait in one set, so that adding and removing cost the same
 * however many there are, and nothing runs while no tick is due.
 */
export class Wheel {
  readonly #clock: Clock;
  #slots: (Set<Timed> | undefined)[] = [];
  /** The tick up to which all were asked, and the time that it stands for. */
  #tick = 0;
  #tickMs = 0;
  /** The tick for which the timer is set. */
  #nextTick: number | undefined;
  #cancel: (() => void) | undefined;
  #waitedForReads = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asks the entry after so many milliseconds, and never before. */
  add(entry: Timed, ms: number): void {
    if (this.#slots.length === 0) this.#slots = new Array<Set<Timed> | undefined>(SLOTS).fill(undefined);
    const nowMs = this.#clock.now();
    if (this.#nextTick === undefined) this.#tickMs = nowMs;
    const { grain = 1 } = entry;
    const soonest = this.#tick + Math.max(Math.ceil((nowMs - this.#tickMs + ms) / TICK_MS), 1);
    entry.tick = Math.ceil(soonest / grain) * grain;
    const tick = this.#insert(entry);
    if (this.#nextTick === undefined || tick < this.#nextTick) this.#setTimer(tick, nowMs);
  }

  /** Returns the tick at which the wheel comes by. */
  #insert(entry: Timed): number {
    this.remove(entry);
    const tick = Math.min(entry.tick, this.#tick + HORIZON_TICKS);
    let slot = this.#slots[tick % SLOTS];
    if (slot === undefined) {
      slot = new Set();
      this.#slots[tick % SLOTS] = slot;
    }
    slot.add(entry);
    entry.slot = slot;
    return tick;
  }

  remove(entry: Timed): void {
    entry.slot?.delete(entry);
    entry.slot = undefined;
  }

  #setTimer(tick: number, nowMs: number): void {
    this.#cancel?.();
    this.#nextTick = tick;
    const ms = this.#tickMs + (tick - this.#tick) * TICK_MS - nowMs;
    this.#cancel = this.#clock.after(Math.max(ms, 0), this.#run);
  }

  readonly #run = (): void => {
    this.#cancel = undefined;
    const nowMs = this.#clock.now();
    const planned = (this.#nextTick as number) - this.#tick;
    const lateMs = nowMs - this.#tickMs - planned * TICK_MS;
    if (lateMs > LATE_MS && !this.#waitedForReads) {
      this.#waitedForReads = true;
      this.#cancel = this.#clock.after(TICK_MS, this.#run);
      return;
    }
    this.#waitedForReads = false;
    // A timer may come a part of a millisecond too early.
    const ticks = planned + Math.max(Math.floor(lateMs / TICK_MS), 0);
    const due = this.#takeSlots(Math.min(ticks, HORIZON_TICKS));
    this.#tick += ticks;
    this.#tickMs += ticks * TICK_MS;
    // Else an entry that is added now would set a timer of its own.
    this.#nextTick = this.#tick;
    try {
      for (const slot of due) this.#ask(slot);
    } finally {
      this.#nextTick = undefined;
      const next = this.#firstTick();
      if (next !== undefined) this.#setTimer(next, this.#clock.now());
    }
  };

  /** The slots of the next ticks, which are no longer the wheel's: an entry that is added meanwhile is not in them. */
  #takeSlots(ticks: number): Set<Timed>[] {
    const taken: Set<Timed>[] = [];
    for (let tick = this.#tick + 1; tick <= this.#tick + ticks; tick++) {
      const slot = this.#slots[tick % SLOTS];
      if (slot !== undefined) taken.push(slot);
      this.#slots[tick % SLOTS] = undefined;
    }
    return taken;
  }

  #ask(slot: Set<Timed>): void {
    for (const entry of slot) {
      if (entry.tick > this.#tick) {
        this.#insert(entry);
        continue;
      }
      this.remove(entry);
      const ms = entry.due();
      if (ms !== undefined) this.add(entry, ms);
    }
  }

  #firstTick(): number | undefined {
    for (let tick = this.#tick + 1; tick <= this.#tick + HORIZON_TICKS; tick++) {
      if ((this.#slots[tick % SLOTS]?.size ?? 0) > 0) return tick;
    }
    return undefined;
  }
}

const wheels = new WeakMap<Clock, Wheel>();

/** The wheel of this process that goes by the clock. */
export function wheelOf(clock: Clock): Wheel {
  let wheel = wheels.get(clock);
  if (wheel === undefined) {
    wheel = new Wheel(clock);
    wheels.set(clock, wheel);
  }
  return wheel;
}
