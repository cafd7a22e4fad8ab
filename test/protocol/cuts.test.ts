import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BINARY,
  binary,
  CONTINUATION,
  closeFrame,
  concat,
  frame,
  PING,
  PONG,
  seeded,
  text,
} from "./frames.ts";
import { client, type Probe, server } from "./probe.ts";

type Mask = { mask?: false };

/** Sessions of a peer, each a stream of bytes; events and output must not depend on how the stream is cut. */
const sessions: Readonly<Record<string, (mask: Mask) => Uint8Array[]>> = {
  "short messages and a close": (mask) => [
    text("hello", mask),
    text("wörld", mask),
    binary([1, 2, 3], mask),
    text("", mask),
    closeFrame(1000, "bye", mask),
  ],
  "messages of the middle length class": (mask) => [
    text("x".repeat(126), mask),
    binary(new Uint8Array(300).fill(7), mask),
    text("é".repeat(100), mask),
  ],
  "fragments with control frames between": (mask) => [
    text("Hel", { fin: false, ...mask }),
    frame({ opcode: PING, payload: "are you there", ...mask }),
    frame({ opcode: CONTINUATION, payload: [0x6c, 0x6f, 0xf0, 0x9f], fin: false, ...mask }),
    frame({ opcode: PONG, payload: "unasked", ...mask }),
    frame({ opcode: CONTINUATION, payload: [0x98, 0x80], ...mask }),
    frame({ opcode: BINARY, payload: [9], fin: false, ...mask }),
    frame({ opcode: PING, ...mask }),
    frame({ opcode: CONTINUATION, ...mask }),
    closeFrame(undefined, "", mask),
  ],
  "a reserved opcode after messages": (mask) => [
    text("a", mask),
    binary([1], mask),
    frame({ opcode: 5, ...mask }),
  ],
  "bad UTF-8 in a fragment": (mask) => [
    text("fine", mask),
    text([0x61, 0xe2, 0x82], { fin: false, ...mask }),
    frame({ opcode: CONTINUATION, payload: [0x61, 0x62, 0x63], ...mask }),
    text("never", mask),
  ],
  "bad UTF-8 in a whole frame": (mask) => [
    text("fine", mask),
    text([0x61, 0xff, 0x62, 0x63], mask),
    text("never", mask),
  ],
  "too big, from the header": (mask) => [
    text("ok", mask),
    frame({ opcode: BINARY, announce: 5000n, ...mask }),
  ],
  "too big, over its fragments": (mask) => [
    binary(new Uint8Array(900), { fin: false, ...mask }),
    frame({ opcode: CONTINUATION, payload: new Uint8Array(101), ...mask }),
  ],
  "a bad close frame": (mask) => [frame({ opcode: PING, payload: "p", ...mask }), closeFrame(1005, "", mask)],
  "a close frame with more behind it": (mask) => [
    closeFrame(3000, "go", mask),
    text("late", mask),
    frame({ opcode: 3 }),
  ],
  "an end inside a frame": (mask) => [text("whole", mask), text("not whole", mask).slice(0, 9)],
  "a length in too many bytes": (mask) => [text("a", mask), binary([1, 2], { lengthBits: 64, ...mask })],
};

/** All that can be seen from outside, after the bytes and the end of the stream. */
function seen(make: () => Probe, stream: Uint8Array, cuts: readonly number[]): string[] {
  const probe = make();
  probe.on.message = (data) => probe.send(data);
  let from = 0;
  for (const cut of [...cuts, stream.length]) {
    probe.receive(stream.slice(from, cut));
    from = cut;
  }
  const state = probe.wire.state;
  probe.wire.receiveEnd();
  return [...probe.events, ...probe.sent(), state];
}

const roles: readonly (readonly [name: string, make: () => Probe, mask: Mask])[] = [
  ["server", () => server({ maxMessageBytes: 1000 }), {}],
  ["client", () => client({ maxMessageBytes: 1000 }), { mask: false }],
];

for (const [session, frames] of Object.entries(sessions)) {
  for (const [role, make, mask] of roles) {
    test(`${role}: ${session}: the same however the bytes are cut`, () => {
      const stream = concat(...frames(mask));
      const whole = seen(make, stream, []);
      assert.ok(whole.length > 2, whole.join("; "));
      const everywhere = Array.from({ length: stream.length - 1 }, (_, index) => index + 1);
      assert.deepEqual(seen(make, stream, everywhere), whole, "byte by byte");
      for (const cut of everywhere) assert.deepEqual(seen(make, stream, [cut]), whole, `cut at ${cut}`);
      const random = seeded(stream.length);
      for (let round = 0; round < 100; round++) {
        const share = random() * 0.3;
        const cuts = everywhere.filter(() => random() < share);
        assert.deepEqual(seen(make, stream, cuts), whole, `cuts at ${cuts}`);
      }
    });
  }
}

test("random bytes never throw, and end in a documented close code", () => {
  const random = seeded(2024);
  const codes = new Set<number | undefined>();
  for (let round = 0; round < 3000; round++) {
    const probe = round % 2 === 0 ? server({ maxMessageBytes: 500 }) : client({ maxMessageBytes: 500 });
    const bytes = Uint8Array.from({ length: 2 + Math.floor(random() * 200) }, () =>
      Math.floor(random() * 256),
    );
    if (random() < 0.8) bytes.set([0x80 | Math.floor(random() * 16), (round % 2 === 0 ? 0x80 : 0) | 5]);
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + Math.floor(random() * 50);
      probe.receive(bytes.slice(at, at + size));
      at += size;
    }
    probe.wire.receiveEnd();
    assert.equal(probe.ends.length, 1);
    assert.equal(probe.events.at(-1)?.startsWith("closed"), true);
    codes.add(probe.ends[0]?.code);
  }
  const documented = [1000, 1002, 1005, 1006, 1007, 1009];
  for (const code of codes) assert.ok(documented.includes(code ?? 0) || (code ?? 0) >= 3000, `code ${code}`);
});
