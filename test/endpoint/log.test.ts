import assert from "node:assert/strict";
import { test } from "node:test";
import { makeConsoleLog } from "../../src/endpoint/log.ts";
import { manualClock } from "../../src/testing/clock.ts";

function record() {
  const lines: unknown[][] = [];
  const write =
    (level: string) =>
    (...values: unknown[]) =>
      lines.push([level, ...values]);
  const clock = manualClock();
  const log = makeConsoleLog(clock, { info: write("info"), warn: write("warn"), error: write("error") });
  return { log, lines, clock };
}

test("an entry is a line of its level, with the error behind it", () => {
  const { log, lines } = record();
  const error = new Error("why");
  log({ level: "info", event: "said", message: "a thing" });
  log({ level: "error", event: "threw", message: "another", error });
  assert.deepEqual(lines, [
    ["info", "wirehall: said: a thing"],
    ["error", "wirehall: threw: another", error],
  ]);
});

test("of refusals for one reason there is a line a second, which says how many there were", () => {
  const { log, lines, clock } = record();
  const refuse = (reason: "connections" | "address") =>
    log({ level: "warn", event: "refused", message: `for ${reason}`, reason });
  for (let times = 0; times < 5; times++) refuse("connections");
  refuse("address");
  clock.advance(999);
  refuse("connections");
  clock.advance(1);
  refuse("connections");
  clock.advance(1_000);
  refuse("connections");
  assert.deepEqual(lines, [
    ["warn", "wirehall: refused: for connections"],
    ["warn", "wirehall: refused: for address"],
    ["warn", "wirehall: refused: for connections (and 5 like it before)"],
    ["warn", "wirehall: refused: for connections"],
  ]);
});
