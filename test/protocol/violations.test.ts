import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BINARY,
  binary,
  bytesOf,
  CLOSE,
  CONTINUATION,
  closeFrame,
  concat,
  frame,
  PING,
  PONG,
  TEXT,
  text,
} from "./frames.ts";
import { client, type Probe, server } from "./probe.ts";

/**
 * The bytes are the peer's whole crime: what came before is told, then the end, then nothing more is heard.
 */
function assertFails(make: () => Probe, bytes: Uint8Array, code: number, what: string): void {
  const masked = make === server;
  const before = text("before", masked ? {} : { mask: false });
  const after = text("after", masked ? {} : { mask: false });
  for (const bytewise of [false, true]) {
    const probe = make();
    const stream = concat(before, bytes, after);
    if (bytewise) for (const byte of stream) probe.wire.receive(Uint8Array.of(byte));
    else probe.wire.receive(stream);
    probe.wire.receiveEnd();
    assert.equal(probe.events.length, 2, `${what}: ${probe.events.join("; ")}`);
    assert.equal(probe.events[0], 'text "before"', what);
    const [end] = probe.ends;
    assert.equal(end?.code, code, what);
    assert.equal(end?.wasClean, false, what);
    assert.notEqual(end?.reason, "", what);
    assert.equal(probe.wire.state, "closed", what);
    assert.deepEqual(probe.sent(), [`close ${code} ${JSON.stringify(end?.reason)}`], what);
  }
}

const either = [
  { make: server, side: "from a client", mask: {} },
  { make: client, side: "from a server", mask: { mask: false } },
] as const;

test("each reserved bit fails the connection with 1002, on any frame", () => {
  for (const { make, side, mask } of either) {
    for (let rsv = 1; rsv < 8; rsv++) {
      for (const opcode of [TEXT, BINARY, CLOSE, PING, PONG]) {
        assertFails(make, frame({ opcode, rsv, ...mask }), 1002, `rsv ${rsv}, opcode ${opcode} ${side}`);
      }
    }
  }
});

test("each reserved opcode fails the connection with 1002", () => {
  for (const { make, side, mask } of either) {
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
      assertFails(make, frame({ opcode, ...mask }), 1002, `opcode ${opcode} ${side}`);
    }
  }
});

test("a length that is not written in the fewest bytes fails the connection with 1002", () => {
  for (const { make, mask } of either) {
    for (const length of [0, 1, 125]) {
      const payload = new Uint8Array(length);
      assertFails(make, binary(payload, { lengthBits: 16, ...mask }), 1002, `${length} in 16 bits`);
      assertFails(make, binary(payload, { lengthBits: 64, ...mask }), 1002, `${length} in 64 bits`);
    }
    for (const length of [126, 65_535]) {
      assertFails(
        make,
        binary(new Uint8Array(length), { lengthBits: 64, ...mask }),
        1002,
        `${length} in 64 bits`,
      );
    }
  }
});

test("a 64-bit length with its top bit set fails with 1002, and any other that is too big with 1009", () => {
  for (const { make, mask } of either) {
    for (const announce of [2n ** 63n, 2n ** 64n - 1n]) {
      assertFails(make, frame({ opcode: BINARY, announce, ...mask }), 1002, `length ${announce}`);
    }
    for (const announce of [2n ** 20n + 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n]) {
      assertFails(make, frame({ opcode: BINARY, announce, ...mask }), 1009, `length ${announce}`);
    }
  }
});

test("a control frame that is fragmented or over 125 bytes fails with 1002", () => {
  for (const { make, mask } of either) {
    for (const opcode of [CLOSE, PING, PONG]) {
      assertFails(make, frame({ opcode, fin: false, ...mask }), 1002, `fragmented ${opcode}`);
      for (const length of [126, 65_536]) {
        const payload = new Uint8Array(length).fill(3);
        assertFails(make, frame({ opcode, payload, ...mask }), 1002, `opcode ${opcode} with ${length} bytes`);
      }
    }
  }
});

test("a continuation of nothing fails with 1002", () => {
  for (const { make, mask } of either) {
    assertFails(make, frame({ opcode: CONTINUATION, payload: "x", ...mask }), 1002, "alone, final");
    assertFails(
      make,
      frame({ opcode: CONTINUATION, payload: "x", fin: false, ...mask }),
      1002,
      "alone, more to come",
    );
    const finished = concat(
      text("a", { fin: false, ...mask }),
      frame({ opcode: CONTINUATION, payload: "b", ...mask }),
      frame({ opcode: CONTINUATION, payload: "c", ...mask }),
    );
    const probe = make().receive(finished);
    assert.equal(probe.received[0], "ab");
    assert.equal(probe.ends[0]?.code, 1002);
  }
});

test("a new message inside a fragmented one fails with 1002", () => {
  for (const { make, mask } of either) {
    for (const opcode of [TEXT, BINARY]) {
      for (const fin of [true, false]) {
        const bytes = concat(
          text("a", { fin: false, ...mask }),
          frame({ opcode, payload: "b", fin, ...mask }),
        );
        assertFails(make, bytes, 1002, `opcode ${opcode}, fin ${fin}`);
      }
    }
  }
});

test("a server fails on a frame that is not masked, and a client on one that is, with 1002", () => {
  for (const opcode of [TEXT, BINARY, CLOSE, PING, PONG]) {
    assertFails(server, frame({ opcode, mask: false }), 1002, `opcode ${opcode} to the server`);
    assertFails(client, frame({ opcode }), 1002, `opcode ${opcode} to the client`);
  }
});

test("a close frame with one byte fails with 1002", () => {
  for (const { make, mask } of either) {
    assertFails(make, frame({ opcode: CLOSE, payload: [3], ...mask }), 1002, "1 byte");
  }
});

test("a close code that may not be on the wire fails with 1002", () => {
  const bad = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
  for (const { make, mask } of either) {
    for (const code of bad) assertFails(make, closeFrame(code, "", mask), 1002, `code ${code}`);
  }
});

test("a close reason that is not UTF-8 fails with 1007", () => {
  for (const { make, mask } of either) {
    for (const reason of [[0xff], [0xc3], [0xed, 0xa0, 0x80]]) {
      const payload = [...bytesOf([0x03, 0xe8]), ...reason];
      assertFails(make, frame({ opcode: CLOSE, payload, ...mask }), 1007, `reason ${reason}`);
    }
  }
});

test("a violation after our close frame sends nothing more and keeps our code", () => {
  const probe = server();
  probe.wire.sendClose(1001, "going");
  assert.deepEqual(probe.sent(), ['close 1001 "going"']);
  probe.receive(text("still heard"), frame({ opcode: 3 }));
  assert.deepEqual(probe.events, ['text "still heard"', 'closed 1001 "going" unclean']);
  assert.deepEqual(probe.sent(), []);
});

test("an illegal frame is noticed before the rest of its header has come", () => {
  assert.equal(server().receive(Uint8Array.of(0xc1)).ends[0]?.code, 1002);
  assert.equal(server().receive(Uint8Array.of(0x83)).ends[0]?.code, 1002);
  assert.equal(server().receive(Uint8Array.of(0x09)).ends[0]?.code, 1002);
  assert.equal(server().receive(Uint8Array.of(0x89, 0xfe)).ends[0]?.code, 1002);
  assert.equal(server().receive(Uint8Array.of(0x82, 0xfe, 0, 125)).ends[0]?.code, 1002);
});
