import assert from "node:assert/strict";
import { test } from "node:test";
import { type ManualClock, manualClock } from "wirehall/testing";
import type { Clock } from "../../src/endpoint/clock.ts";
import { type Timed, Wheel } from "../../src/endpoint/wheel.ts";

/** An entry that notes when it was asked, and wants to be asked again after each of `more`. */
class Entry implements Timed {
  slot: Set<Timed> | undefined;
  tick = 0;
  readonly asked: number[] = [];
  readonly #clock: Clock;
  readonly #more: number[];

  constructor(clock: Clock, more: number[] = []) {
    this.#clock = clock;
    this.#more = more;
  }

  due(): number | undefined {
    this.asked.push(this.#clock.now());
    return this.#more.shift();
  }
}

/** The manual clock, with a count of the timers that were set, and of those that are. */
function counting(): { clock: ManualClock; set: () => number; pending: () => number } {
  const manual = manualClock();
  let set = 0;
  let pending = 0;
  const clock: ManualClock = {
    ...manual,
    after(ms, callback) {
      set++;
      pending++;
      const cancel = manual.after(ms, () => {
        pending--;
        callback();
      });
      return () => {
        pending--;
        cancel();
      };
    },
  };
  return { clock, set: () => set, pending: () => pending };
}

test("a wheel asks an entry after its time, never before and less than a tick later", () => {
  for (const ms of [0, 1, 9.5, 10, 11, 99, 1_000, 9_999]) {
    const clock = manualClock();
    clock.advance(12_345);
    const entry = new Entry(clock);
    new Wheel(clock).add(entry, ms);
    clock.advance(20_000);
    assert.equal(entry.asked.length, 1);
    const late = entry.asked[0] - 12_345 - ms;
    assert.ok(late >= 0 && late <= 10, `${ms} ms came ${late} ms late`);
  }
});

test("an entry is asked again as often as it wants", () => {
  const clock = manualClock();
  const entry = new Entry(clock, [100, 50]);
  new Wheel(clock).add(entry, 100);
  clock.advance(1_000);
  assert.deepEqual(entry.asked, [100, 200, 250]);
});

test("one that is far away is asked in its time, and not when the wheel comes by", () => {
  const clock = manualClock();
  const entry = new Entry(clock, [50_000]);
  new Wheel(clock).add(entry, 100_000);
  clock.advance(1_000_000);
  assert.deepEqual(entry.asked, [100_000, 150_000]);
});

test("a removed entry is not asked, also when another removes it that is due with it", () => {
  const clock = manualClock();
  const wheel = new Wheel(clock);
  const removed = new Entry(clock);
  const other = new Entry(clock);
  other.due = () => {
    wheel.remove(removed);
    return undefined;
  };
  wheel.add(other, 100);
  wheel.add(removed, 100);
  const alone = new Entry(clock);
  wheel.add(alone, 200);
  wheel.remove(alone);
  wheel.remove(alone);
  clock.advance(1_000);
  assert.deepEqual([removed.asked, alone.asked], [[], []]);
});

test("an entry that is added while others are asked is asked in its own time, wherever the wheel stands", () => {
  const clock = manualClock();
  const wheel = new Wheel(clock);
  const late = new Entry(clock);
  const first: Timed = {
    slot: undefined,
    tick: 0,
    due: () => {
      wheel.add(late, 10_200);
      return undefined;
    },
  };
  wheel.add(first, 5_000);
  clock.advance(15_190);
  assert.deepEqual(late.asked, []);
  clock.advance(50);
  assert.equal(late.asked.length, 1);
});

test("ten thousand entries have one timer between them, and none when nothing waits", () => {
  const { clock, set, pending } = counting();
  const wheel = new Wheel(clock);
  const entries = Array.from({ length: 10_000 }, () => new Entry(clock, [100, 100, 100]));
  for (const [index, entry] of entries.entries()) wheel.add(entry, index % 97);
  assert.equal(pending(), 1);
  clock.advance(1_000);
  assert.ok(entries.every(({ asked }) => asked.length === 4));
  assert.equal(pending(), 0);
  assert.ok(set() < 100, `${set()} timers were set`);
});

test("a process that stood still reads first, and then each entry is asked once, however much time has passed", () => {
  const timers: (() => void)[] = [];
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    date: () => nowMs,
    after(_ms, callback) {
      timers.push(callback);
      return () => {};
    },
  };
  const wheel = new Wheel(clock);
  const entries = [10, 500, 3_000].map((ms) => {
    const entry = new Entry(clock, [3_000]);
    wheel.add(entry, ms);
    return entry;
  });
  nowMs = 600_000;
  timers.pop()?.();
  assert.deepEqual(
    entries.map(({ asked }) => asked.length),
    [0, 0, 0],
  );
  nowMs += 10;
  timers.pop()?.();
  assert.deepEqual(
    entries.map(({ asked }) => asked.length),
    [1, 1, 1],
  );
});

test("an entry that throws does not stop the wheel", () => {
  const clock = manualClock();
  const wheel = new Wheel(clock);
  const bad: Timed = {
    slot: undefined,
    tick: 0,
    due: () => {
      throw new Error("oops");
    },
  };
  const good = new Entry(clock);
  wheel.add(bad, 10);
  wheel.add(good, 100);
  assert.throws(() => clock.advance(50), /oops/);
  clock.advance(100);
  assert.equal(good.asked.length, 1);
});
