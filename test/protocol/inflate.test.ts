import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { zlibDeflate, zlibHeedsHistory } from "../../runtimes/node/zlib.ts";
import type { DeflatePlatform } from "../../src/protocol/mod.ts";
import { closedWith, compressing, deflated, noise, RSV1, sample, sentBy, TAIL } from "./deflating.ts";
import { BINARY, binary, CONTINUATION, concat, frame, PING, TEXT, text } from "./frames.ts";
import { server } from "./probe.ts";

// RFC 7692 7.2.3: the examples.
const HELLO = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
const examples: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "in one frame (7.2.3.1)": [HELLO],
  "in two frames (7.2.3.1)": [HELLO.slice(0, 3), HELLO.slice(3)],
  "in a block without compression (7.2.3.3)": [[0, 5, 0, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0]],
  "in a final block (7.2.3.4)": [[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]],
  "in two blocks (7.2.3.5)": [[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00]],
  "with a final block in the middle": [
    [...deflateRawSync("Hel"), ...deflateRawSync("lo"), ...deflated(""), ...TAIL, 0],
  ],
  "with empty fragments": [[], HELLO.slice(0, 1), [], HELLO.slice(1), []],
};

for (const [name, fragments] of Object.entries(examples)) {
  test(`"Hello" is read ${name}, with pings between the fragments`, () => {
    const probe = server(compressing());
    fragments.forEach((payload, index) => {
      const fin = index === fragments.length - 1;
      const [opcode, rsv] = index === 0 ? [TEXT, RSV1] : [CONTINUATION, 0];
      probe.receive(frame({ opcode, rsv, payload: [...payload], fin }), frame({ opcode: PING }));
    });
    assert.deepEqual(probe.received, ["Hello"]);
    assert.equal(sentBy(probe).length, fragments.length);
  });
}

test("the second message may refer to the first where takeover was agreed (7.2.3.2)", () => {
  if (!zlibHeedsHistory()) return;
  const probe = server(compressing({ takeover: true }));
  probe.receive(text(HELLO, { rsv: RSV1 }), text("uncompressed"));
  probe.receive(text([0xf2, 0x00, 0x11, 0x00, 0x00], { rsv: RSV1 }));
  assert.deepEqual(probe.received, ["Hello", "uncompressed", "Hello"]);
  const bare = server(compressing());
  bare.receive(text(HELLO, { rsv: RSV1 }), text([0xf2, 0x00, 0x11, 0x00, 0x00], { rsv: RSV1 }));
  closedWith(bare, 1007);
});

test("an empty message is one octet of DEFLATE data, or none", () => {
  const probe = server(compressing());
  probe.receive(text([0], { rsv: RSV1 }), text([], { rsv: RSV1 }), binary([0], { rsv: RSV1 }));
  assert.deepEqual(probe.received, ["", "", new Uint8Array(0)]);
});

test("messages that are not compressed are still fine", () => {
  const probe = server(compressing());
  probe.receive(text("plain"), text(deflated("packed"), { rsv: RSV1 }), binary([1, 2]));
  assert.deepEqual(probe.received, ["plain", "packed", Uint8Array.of(1, 2)]);
});

const faults: Readonly<Record<string, readonly Uint8Array[]>> = {
  "on a continuation": [
    text(HELLO.slice(0, 3), { rsv: RSV1, fin: false }),
    frame({ opcode: CONTINUATION, payload: HELLO.slice(3), rsv: RSV1 }),
  ],
  "on the continuation of a bare message": [
    text("a", { fin: false }),
    frame({ opcode: CONTINUATION, payload: [], rsv: RSV1 }),
  ],
  "on a ping": [frame({ opcode: PING, rsv: RSV1 })],
  "on a close frame": [frame({ opcode: 8, rsv: RSV1 })],
  "with RSV2": [text(HELLO, { rsv: RSV1 | 2 })],
  "with RSV3": [text(HELLO, { rsv: RSV1 | 1 })],
  "with a reserved opcode": [frame({ opcode: 3, rsv: RSV1 })],
};

for (const [name, frames] of Object.entries(faults)) {
  test(`RSV1 ${name} fails with 1002`, () => closedWith(server(compressing()).receive(...frames), 1002));
}

test("RSV1 fails with 1002 where nothing was agreed, and RSV2 and RSV3 always", () => {
  closedWith(server().receive(text(HELLO, { rsv: RSV1 })), 1002);
  for (const rsv of [1, 2]) closedWith(server(compressing()).receive(text("a", { rsv })), 1002);
});

const packed = deflated(sample(3000));
const corrupt: Readonly<Record<string, Uint8Array>> = {
  "a reserved type of block": Uint8Array.of(0x06),
  "lengths that disagree": Uint8Array.of(0x00, 0x05, 0x00, 0x05, 0x00, 0x41),
  "a cut in the middle": packed.slice(0, packed.length - 20),
  "a cut before its last octet": packed.slice(0, -1),
  "octets behind its last block": concat(packed, Uint8Array.of(0xff, 0xff)),
  "a distance before its beginning": Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00),
  "a final block and no octet behind it": Uint8Array.of(0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00),
  "hundreds of final blocks": concat(
    ...Array.from({ length: 300 }, () => Uint8Array.of(3, 0)),
    Uint8Array.of(0),
  ),
  noise: noise(500).map((byte, index) => (index === 0 ? 0x04 : byte)),
};

for (const [name, payload] of Object.entries(corrupt)) {
  test(`data with ${name} fails with 1007, after what came before`, () => {
    for (const pieces of [1, 3]) {
      const probe = server(compressing());
      const parts = Array.from({ length: pieces }, (_, index) =>
        frame({
          opcode: index === 0 ? BINARY : CONTINUATION,
          rsv: index === 0 ? RSV1 : 0,
          fin: index === pieces - 1,
          payload: payload.slice(
            Math.floor((payload.length * index) / pieces),
            Math.floor((payload.length * (index + 1)) / pieces),
          ),
        }),
      );
      probe.receive(text("before"), ...parts, text("after"));
      assert.deepEqual(probe.received, ["before"]);
      closedWith(probe, 1007);
    }
  });
}

test("a text is checked for UTF-8 once it is inflated", () => {
  const probe = server(compressing());
  probe.receive(binary(deflated(Uint8Array.of(0xc3, 0x28)), { rsv: RSV1 }));
  assert.equal(probe.received.length, 1);
  probe.receive(text(deflated(Uint8Array.of(0x61, 0xc3, 0x28)), { rsv: RSV1 }));
  closedWith(probe, 1007);
});

test("maxMessageBytes holds after decompression: so many pass, and one more is 1009", () => {
  for (const limit of [0, 1, 1000, 65_536]) {
    const probe = server({ ...compressing(), maxMessageBytes: limit });
    probe.receive(binary(deflated(new Uint8Array(limit)), { rsv: RSV1 }));
    assert.equal((probe.received[0] as Uint8Array).length, limit);
    probe.receive(binary(deflated(new Uint8Array(limit + 1)), { rsv: RSV1 }));
    closedWith(probe, 1009);
  }
});

test("a message that grows by compression may still have all its bytes", () => {
  const limit = 100_000;
  const bytes = noise(limit);
  // As a peer may do it that flushes after each 64 octets.
  const blocks = Array.from({ length: Math.ceil(limit / 64) }, (_, index) =>
    concat(deflated(bytes.subarray(index * 64, index * 64 + 64), { level: 0 }), TAIL),
  );
  const payload = concat(...blocks, Uint8Array.of(0));
  assert.ok(payload.length > limit * 1.1);
  const probe = server({ ...compressing(), maxMessageBytes: limit });
  probe.receive(binary(payload, { rsv: RSV1 }));
  assert.deepEqual(probe.received, [bytes]);
});

test("compressed data that could not be of a message within the limit is 1009 by its frame's header", () => {
  const limit = 10_000;
  const one = server({ ...compressing(), maxMessageBytes: limit });
  one.receive(binary([], { rsv: RSV1, announce: 14_000n, lengthBits: 16 }).slice(0, 8));
  closedWith(one, 1009);
  const more = server({ ...compressing(), maxMessageBytes: limit });
  more.receive(binary(new Uint8Array(9000), { rsv: RSV1, fin: false }));
  assert.deepEqual(more.ends, []);
  more.receive(frame({ opcode: CONTINUATION, announce: 5000n, lengthBits: 16 }).slice(0, 8));
  closedWith(more, 1009);
});

test("a bomb is refused before it takes memory", () => {
  const MIB = 1024 * 1024;
  // 512 MiB of zeros in half a MiB: 32 times what 16 MiB deflate to.
  const block = concat(deflated(new Uint8Array(16 * MIB)), TAIL);
  const bomb = concat(...Array.from({ length: 32 }, () => block), Uint8Array.of(0));
  assert.ok(bomb.length < 0.6 * MIB, `${bomb.length}`);
  const probe = server(compressing());
  const before = process.memoryUsage().rss;
  probe.receive(binary(bomb, { rsv: RSV1 }));
  const took = process.memoryUsage().rss - before;
  closedWith(probe, 1009);
  assert.ok(took < 64 * MIB, `${took} bytes taken`);
});

test("the platform is told the limit, and gets no more than came", () => {
  const calls: [number, number][] = [];
  const platform: DeflatePlatform = {
    ...zlibDeflate,
    inflate(bytes, maxOutputBytes, history) {
      calls.push([bytes.length, maxOutputBytes]);
      return zlibDeflate.inflate(bytes, maxOutputBytes, history);
    },
  };
  const probe = server({ ...compressing({ platform }), maxMessageBytes: 5000 });
  probe.receive(text(HELLO, { rsv: RSV1 }));
  assert.deepEqual(calls, [[HELLO.length, 5000]]);
});

test("the same bytes give the same events however they are cut", () => {
  const stream = concat(
    text(deflated("Hello"), { rsv: RSV1 }),
    text(deflated("one").slice(0, 2), { rsv: RSV1, fin: false }),
    frame({ opcode: PING, payload: "p" }),
    frame({ opcode: CONTINUATION, payload: deflated("one").slice(2) }),
    binary(deflated(sample(700)), { rsv: RSV1 }),
    text("bare"),
  );
  const whole = server(compressing()).receive(stream).events;
  assert.equal(whole.length, 4);
  for (const size of [1, 2, 3, 7, 64]) {
    const probe = server(compressing());
    for (let at = 0; at < stream.length; at += size) probe.receive(stream.slice(at, at + size));
    assert.deepEqual(probe.events, whole);
  }
});
