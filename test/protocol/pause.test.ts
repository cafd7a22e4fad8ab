import assert from "node:assert/strict";
import { test } from "node:test";
import { closeFrame, concat, frame, PING, text } from "./frames.ts";
import { server } from "./probe.ts";

const texts = (...all: string[]) => concat(...all.map((one) => text(one)));

test("a wire that is paused inside a chunk tells the rest of it when it is resumed, in order", () => {
  const probe = server();
  probe.on.message = (data) => {
    if (data === "b" || data === "d") probe.wire.pause();
  };
  probe.receive(texts("a", "b", "c", "d", "e"));
  assert.deepEqual(probe.received, ["a", "b"]);
  probe.wire.resume();
  assert.deepEqual(probe.received, ["a", "b", "c", "d"]);
  probe.wire.resume();
  assert.deepEqual(probe.received, ["a", "b", "c", "d", "e"]);
  probe.receive(texts("f"));
  assert.equal(probe.received.at(-1), "f");
});

test("chunks that come while a wire is paused wait, wherever they cut a frame", () => {
  const bytes = concat(texts("one", "two"), text("3".repeat(300)), texts("four"));
  for (let cut = 1; cut < bytes.length; cut++) {
    const probe = server();
    probe.wire.pause();
    probe.receive(bytes.subarray(0, cut));
    probe.receive(bytes.subarray(cut));
    assert.deepEqual(probe.received, []);
    probe.wire.resume();
    assert.deepEqual(probe.received, ["one", "two", "3".repeat(300), "four"], `cut at ${cut}`);
  }
});

test("pausing and resuming inside the sink goes on at once", () => {
  const probe = server();
  probe.on.message = () => {
    probe.wire.pause();
    probe.wire.resume();
  };
  probe.receive(texts("a", "b", "c"));
  assert.deepEqual(probe.received, ["a", "b", "c"]);
});

test("what follows in a paused chunk is neither answered nor told: pings, close frames, violations", () => {
  for (const [bytes, event] of [
    [frame({ opcode: PING, payload: "x" }), undefined],
    [closeFrame(1000), 'closed 1000 "" clean'],
    [frame({ opcode: 3 }), 'closed 1002 "the opcode 3 is reserved" unclean'],
  ] as const) {
    const probe = server();
    probe.on.message = () => probe.wire.pause();
    probe.receive(concat(texts("a"), bytes));
    assert.deepEqual(probe.sent(), []);
    assert.deepEqual(probe.events, ['text "a"']);
    probe.wire.resume();
    assert.equal(probe.sent().length, 1);
    if (event !== undefined) assert.match(probe.events[1], new RegExp(event.slice(0, 11)));
  }
});

test("a wire that ends while it is paused tells nothing of what it had kept", () => {
  const probe = server();
  probe.on.message = () => probe.wire.pause();
  probe.receive(texts("a", "b"));
  probe.wire.receiveEnd();
  probe.wire.resume();
  assert.deepEqual(probe.events, ['text "a"', 'closed 1006 "" unclean']);
});

test("a sink that throws while a wire is resumed ends it with 1011, and the exception comes out", () => {
  const probe = server();
  probe.on.message = (data) => {
    if (data === "b") throw new Error("oops");
    probe.wire.pause();
  };
  probe.receive(texts("a", "b", "c"));
  assert.throws(() => probe.wire.resume(), /oops/);
  assert.deepEqual(probe.received, ["a", "b"]);
  assert.equal(probe.ends[0].code, 1011);
});
