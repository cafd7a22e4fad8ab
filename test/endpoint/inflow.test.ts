import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "wirehall";
import { manualClock } from "wirehall/testing";
import { resolveOptions } from "../../src/endpoint/options.ts";
import { OutputBudget } from "../../src/endpoint/output-budget.ts";
import { Session } from "../../src/endpoint/session.ts";
import type { Socket } from "../../src/endpoint/socket.ts";
import { Wheel } from "../../src/endpoint/wheel.ts";

const MIB = 1024 * 1024;
const log = () => {};

/** A session whose handler never comes back, over a socket that does as it says. */
function stuck(canPause: boolean) {
  const calls: string[] = [];
  const socket: Socket = {
    canPause,
    heard: false,
    bufferedAmount: 0,
    send() {},
    ping() {},
    close: (code) => void calls.push(`close ${code}`),
    terminate: () => void calls.push("terminate"),
    pause: () => void calls.push("pause"),
    resume: () => void calls.push("resume"),
  };
  const clock = manualClock();
  const options = resolveOptions({ log, clock });
  const surroundings = {
    budget: new OutputBudget(clock, log, Number.POSITIVE_INFINITY),
    wheel: new Wheel(clock),
    keepsAlive: false,
  };
  const session = new Session({ message: () => new Promise<void>(() => {}) }, options, surroundings);
  session.start(socket, {} as Connection);
  return { session, calls };
}

test("reading pauses once above the queue's bounds, in messages or in bytes", () => {
  const many = stuck(true);
  for (let count = 0; count < 129; count++) many.session.message("x");
  assert.deepEqual(many.calls, []);
  for (let count = 0; count < 1_000; count++) many.session.message("x");
  assert.deepEqual(many.calls, ["pause"]);

  const large = stuck(true);
  large.session.message("x");
  large.session.message(new Uint8Array(65_536));
  assert.deepEqual(large.calls, []);
  large.session.message("x");
  assert.deepEqual(large.calls, ["pause"]);
});

test("a runtime that had read more than can be is cut off with 1013, also where it can pause", () => {
  const { session, calls } = stuck(true);
  session.message("x");
  // What Bun had read and then inflated is told although reading has paused.
  for (let count = 0; count < 4; count++) session.message(new Uint8Array(MIB));
  assert.deepEqual(calls, ["pause"]);
  session.message(new Uint8Array(MIB));
  assert.deepEqual(calls, ["pause", "resume", "close 1013"]);
});

test("where reading can't pause, 1,024 messages or four of full size may wait, and then it is 1013", () => {
  const many = stuck(false);
  for (let count = 0; count < 1_025; count++) many.session.message("x");
  assert.deepEqual(many.calls, []);
  many.session.message("x");
  assert.deepEqual(many.calls, ["close 1013"]);

  const large = stuck(false);
  large.session.message("x");
  for (let count = 0; count < 4; count++) large.session.message(new Uint8Array(MIB));
  assert.deepEqual(large.calls, []);
  large.session.message("x");
  assert.deepEqual(large.calls, ["close 1013"]);
});
