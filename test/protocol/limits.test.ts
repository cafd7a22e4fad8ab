import assert from "node:assert/strict";
import { test } from "node:test";
import { BINARY, binary, CONTINUATION, concat, frame, PING, TEXT, text } from "./frames.ts";
import { client, server } from "./probe.ts";

test("a message of exactly the limit passes and one byte more fails with 1009", () => {
  for (const limit of [0, 1, 10, 125, 126, 1000]) {
    for (const make of [server, client]) {
      const mask = make === server ? {} : { mask: false as const };
      const fits = make({ maxMessageBytes: limit }).receive(binary(new Uint8Array(limit), mask));
      assert.equal(fits.received.length, 1, `limit ${limit}`);
      const over = make({ maxMessageBytes: limit }).receive(binary(new Uint8Array(limit + 1), mask));
      assert.deepEqual(over.received, []);
      assert.equal(over.ends[0]?.code, 1009);
      assert.match(over.ends[0]?.reason ?? "", new RegExp(`${limit + 1} bytes.*limit is ${limit}`));
    }
  }
});

test("the default limit is 1 MiB", () => {
  assert.equal(server().receive(frame({ opcode: BINARY, announce: 1_048_576n })).ends.length, 0);
  assert.equal(server().receive(frame({ opcode: BINARY, announce: 1_048_577n })).ends[0]?.code, 1009);
});

test("too big a message is refused from its header, before any of its payload has come", () => {
  const header = frame({ opcode: BINARY, announce: 2n ** 40n });
  assert.equal(server().receive(header).ends[0]?.code, 1009);
});

test("fragments are added up, and the one that goes over fails from its header", () => {
  const probe = server({ maxMessageBytes: 100 });
  probe.receive(text("x".repeat(60), { fin: false }));
  probe.receive(frame({ opcode: CONTINUATION, payload: "x".repeat(40), fin: false }));
  assert.equal(probe.ends.length, 0);
  probe.receive(frame({ opcode: CONTINUATION, announce: 1n, fin: false }));
  assert.equal(probe.ends[0]?.code, 1009);
  assert.match(probe.ends[0]?.reason ?? "", /101 bytes.*100.*after 100/);
});

test("a message of exactly the allowed fragments passes and one more fails with 1008", () => {
  const probe = server({ maxFragments: 3 });
  const more = frame({ opcode: CONTINUATION, payload: "b", fin: false });
  const last = frame({ opcode: CONTINUATION, payload: "c" });
  probe.receive(text("a", { fin: false }), more, last);
  assert.deepEqual(probe.received, ["abc"]);
  probe.receive(text("a", { fin: false }), more, more);
  assert.equal(probe.ends.length, 0);
  probe.receive(frame({ opcode: CONTINUATION, fin: false }));
  assert.equal(probe.ends[0]?.code, 1008);
  assert.match(probe.ends[0]?.reason ?? "", /over 3 fragments/);
});

test("empty fragments count, and control frames between them do not", () => {
  const probe = server({ maxFragments: 10 });
  probe.receive(frame({ opcode: TEXT, fin: false }));
  for (let index = 0; index < 8; index++) {
    probe.receive(frame({ opcode: CONTINUATION, fin: false }), frame({ opcode: PING }));
  }
  probe.receive(frame({ opcode: CONTINUATION }));
  assert.deepEqual(probe.received, [""]);
});

test("131,072 fragments pass by default, and one more fails with 1008", () => {
  const one = frame({ opcode: CONTINUATION, payload: [7], fin: false });
  const many = new Uint8Array(one.length * 131_070);
  for (let at = 0; at < many.length; at += one.length) many.set(one, at);
  const fits = server().receive(
    binary([7], { fin: false }),
    many,
    frame({ opcode: CONTINUATION, payload: [7] }),
  );
  assert.equal((fits.received[0] as Uint8Array).length, 131_072);
  const over = server().receive(binary([7], { fin: false }), many, one, one);
  assert.equal(over.ends[0]?.code, 1008);
});

test("memory follows what has come, not what was announced, and never passes what can come", () => {
  const announced = 100_000;
  const whole = binary(new Uint8Array(announced));
  const fragments = concat(
    binary(new Uint8Array(announced / 2), { fin: false }),
    frame({ opcode: CONTINUATION, payload: new Uint8Array(announced / 2) }),
  );
  for (const stream of [whole, fragments]) {
    const probe = server({ maxMessageBytes: announced });
    let largest = 0;
    for (let at = 0; at < stream.length; at += 1000) {
      const chunk = stream.slice(at, at + 1000);
      const bytes = largestAllocation(() => probe.wire.receive(chunk));
      assert.ok(
        bytes <= Math.min(announced, 2 * (at + 1000)),
        `${bytes} bytes taken when ${at + 1000} had come`,
      );
      largest = Math.max(largest, bytes);
    }
    assert.equal((probe.received[0] as Uint8Array).length, announced);
    assert.equal(largest, announced);
  }
});

/** The size of the largest Uint8Array that is made meanwhile. */
function largestAllocation(meanwhile: () => void): number {
  const plain = globalThis.Uint8Array;
  let largest = 0;
  globalThis.Uint8Array = new Proxy(plain, {
    construct(target, given: [number]) {
      if (typeof given[0] === "number") largest = Math.max(largest, given[0]);
      return new target(...given);
    },
  });
  try {
    meanwhile();
  } finally {
    globalThis.Uint8Array = plain;
  }
  return largest;
}

test("many tiny fragments of one message arrive whole", () => {
  const parts = [text("", { fin: false })];
  for (let index = 0; index < 5000; index++) {
    parts.push(frame({ opcode: CONTINUATION, payload: "é", fin: false }));
  }
  parts.push(frame({ opcode: CONTINUATION }));
  assert.deepEqual(server().receive(concat(...parts)).received, ["é".repeat(5000)]);
});
