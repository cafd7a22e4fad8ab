import assert from "node:assert/strict";
import { test } from "node:test";
import { Backlog } from "../../runtimes/workers/backlog.ts";

const MIB = 1024 * 1024;

test("a member may have 1,024 messages waiting, and another is not touched by it", () => {
  const backlog = new Backlog();
  for (let count = 0; count < 1024; count++) assert.equal(backlog.add("a", 1), true);
  assert.equal(backlog.add("a", 1), false);
  assert.equal(backlog.add("b", 1), true);
  backlog.remove("a", 1);
  assert.equal(backlog.add("a", 1), true);
});

test("a member may have 4 MiB waiting, or one message of any size", () => {
  const backlog = new Backlog();
  for (let count = 0; count < 4; count++) assert.equal(backlog.add("a", MIB), true);
  assert.equal(backlog.add("a", 1), false);
  assert.equal(backlog.add("b", 5 * MIB), true);
  assert.equal(backlog.add("b", 1), false);
});

test("all together may have 32 MiB waiting beyond one message each", () => {
  const backlog = new Backlog();
  for (let member = 0; member < 8; member++) {
    for (let count = 0; count < 4; count++) assert.equal(backlog.add(`${member}`, MIB), true);
  }
  assert.equal(backlog.add("late", MIB), true);
  assert.equal(backlog.add("late", MIB), false);
});
