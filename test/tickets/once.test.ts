import assert from "node:assert/strict";
import { test } from "node:test";
import { onceInMemory } from "wirehall/tickets";

test("an id is new once, until it expires", () => {
  let now = 0;
  const once = onceInMemory({ now: () => now });
  assert.equal(once.add("a", 10), true);
  assert.equal(once.add("a", 10), false);
  now = 9;
  assert.equal(once.add("a", 10), false);
  assert.equal(once.add("b", 20), true);
  now = 10;
  assert.equal(once.add("a", 30), true);
  assert.equal(once.add("b", 20), false);
});

test("it holds so many and no more: what has not expired is never forgotten", () => {
  let now = 0;
  const once = onceInMemory({ maxTickets: 3, now: () => now });
  for (const [id, expiresAt] of [
    ["long", 100],
    ["short", 5],
    ["middle", 50],
  ] as const) {
    assert.equal(once.add(id, expiresAt), true);
  }
  assert.throws(() => once.add("more", 100), { code: "ONCE_FULL", message: /^3 .* raise maxTickets/ });
  assert.equal(once.add("long", 100), false);
  now = 5;
  // What expired lies behind what did not.
  assert.equal(once.add("more", 100), true);
  assert.throws(() => once.add("still more", 100), { code: "ONCE_FULL" });
  now = 50;
  assert.equal(once.add("still more", 100), true);
  assert.equal(once.add("long", 100), false);
});

test("a limit that is none is refused", () => {
  for (const maxTickets of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => onceInMemory({ maxTickets }), { code: "INVALID_OPTION" });
  }
  assert.throws(() => onceInMemory({ max: 5 } as object), { code: "INVALID_OPTION" });
});
