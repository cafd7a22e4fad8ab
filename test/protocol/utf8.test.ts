import assert from "node:assert/strict";
import { test } from "node:test";
import { UTF8_BAD, UTF8_START, validateUtf8 } from "../../src/protocol/utf8.ts";
import { CONTINUATION, concat, frame, hex, seeded, text } from "./frames.ts";
import { client, server } from "./probe.ts";

// What is bad, and at which byte that is first certain.
const BAD: readonly (readonly [what: string, bytes: number[], badAt: number])[] = [
  ["a continuation byte alone", [0x80], 0],
  ["the last continuation byte alone", [0xbf], 0],
  ["C0, always overlong", [0xc0, 0xaf], 0],
  ["C1, always overlong", [0xc1, 0xbf], 0],
  ["an overlong form in three bytes", [0xe0, 0x9f, 0xbf], 1],
  ["an overlong form in four bytes", [0xf0, 0x8f, 0xbf, 0xbf], 1],
  ["the first surrogate", [0xed, 0xa0, 0x80], 1],
  ["the last surrogate", [0xed, 0xbf, 0xbf], 1],
  ["a surrogate pair", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 1],
  ["just above U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 1],
  ["F5, always above U+10FFFF", [0xf5, 0x80, 0x80, 0x80], 0],
  ["five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80], 0],
  ["six bytes", [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80], 0],
  ["FE", [0xfe], 0],
  ["FF", [0xff], 0],
  ["ASCII in the place of a second byte", [0xc3, 0x28], 1],
  ["ASCII in the place of a third byte", [0xe2, 0x82, 0x28], 2],
  ["ASCII in the place of a fourth byte", [0xf0, 0x9f, 0x98, 0x28], 3],
  ["a lead byte in the place of a second byte", [0xe2, 0xc3, 0xa9], 1],
];

const TRUNCATED: readonly number[][] = [
  [0xc3],
  [0xe2],
  [0xe2, 0x82],
  [0xf0],
  [0xf0, 0x9f],
  [0xf0, 0x9f, 0x98],
];

const GOOD = [
  "",
  "a",
  "é",
  "ࠀ",
  "漢",
  "\uD7FF",
  "\uE000",
  "\uFFFD",
  "\uFFFF",
  "😀",
  "\u{10FFFF}",
  "\u{10000}",
  "\0",
];

test("text that is not UTF-8 fails with 1007, however its frame is cut", () => {
  for (const [what, bytes] of BAD) {
    for (const padding of [0, 1, 3, 40, 200]) {
      const payload = concat(
        new Uint8Array(padding).fill(0x61),
        Uint8Array.from(bytes),
        new Uint8Array(padding).fill(0x62),
      );
      const stream = text(payload);
      for (const chunkBytes of [stream.length, 1, 7]) {
        const probe = server();
        for (let at = 0; at < stream.length; at += chunkBytes)
          probe.receive(stream.slice(at, at + chunkBytes));
        assert.deepEqual(probe.received, [], what);
        assert.equal(probe.ends[0]?.code, 1007, `${what}, padding ${padding}, chunks of ${chunkBytes}`);
      }
    }
  }
});

test("a single bad byte is found wherever it lies in a text", () => {
  for (let at = 0; at < 70; at++) {
    const payload = new Uint8Array(70).fill(0x61);
    payload[at] = 0xff;
    assert.equal(server().receive(text(payload)).ends[0]?.code, 1007, `at ${at}`);
    assert.equal(client().receive(text(payload, { mask: false })).ends[0]?.code, 1007, `at ${at}`);
  }
});

test("text that ends inside a character fails with 1007, whole, cut and in fragments", () => {
  for (const bytes of TRUNCATED) {
    const payload = Uint8Array.from([0x61, ...bytes]);
    assert.equal(server().receive(text(payload)).ends[0]?.code, 1007);
    assert.equal(client().receive(text(payload, { mask: false })).ends[0]?.code, 1007);
    const cut = server();
    for (const byte of text(payload)) cut.receive(Uint8Array.of(byte));
    assert.equal(cut.ends[0]?.code, 1007);
    const fragmented = server().receive(text(payload, { fin: false }));
    assert.deepEqual(fragmented.events, [], "the next fragment may go on");
    fragmented.receive(frame({ opcode: CONTINUATION }));
    assert.equal(fragmented.ends[0]?.code, 1007);
  }
});

test("the first bad byte fails the connection as it arrives, in mid-frame and in mid-message", () => {
  for (const [what, bytes, badAt] of BAD) {
    const payload = Uint8Array.from([0x61, ...bytes, ...new Uint8Array(50).fill(0x61)]);
    const whole = text(payload);
    const fragments = concat(
      text([0x61, 0xc3], { fin: false }),
      frame({ opcode: CONTINUATION, payload: [0xa9], fin: false }),
      frame({ opcode: CONTINUATION, payload, fin: false }),
    );
    for (const stream of [whole, fragments]) {
      const probe = server();
      const bad = stream.length - payload.length + 1 + badAt;
      for (let at = 0; at < bad; at++) probe.receive(stream.slice(at, at + 1));
      assert.equal(probe.ends.length, 0, `${what}: every byte before is still good`);
      probe.receive(stream.slice(bad, bad + 1));
      assert.equal(probe.ends[0]?.code, 1007, what);
    }
  }
});

test("every class of valid UTF-8 passes, however it is cut", () => {
  for (const message of GOOD) {
    const stream = text(`<${message}>`);
    for (let cut = 0; cut <= stream.length; cut++) {
      const probe = server().receive(stream.slice(0, cut)).receive(stream.slice(cut));
      assert.deepEqual(probe.received, [`<${message}>`], hex(new TextEncoder().encode(message)));
    }
  }
});

test("the validator agrees with the platform's fatal decoder on random bytes", () => {
  const random = seeded(7);
  const interesting = [
    0x00, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf3,
    0xf4,
  ];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let valid = 0;
  for (let round = 0; round < 30_000; round++) {
    const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 6) }, () =>
      random() < 0.9
        ? (interesting[Math.floor(random() * interesting.length)] as number)
        : Math.floor(random() * 256),
    );
    let expected = true;
    try {
      decoder.decode(bytes);
    } catch {
      expected = false;
    }
    let state = UTF8_START;
    const cut = Math.floor(random() * (bytes.length + 1));
    state = validateUtf8(state, bytes, 0, cut);
    if (state !== UTF8_BAD) state = validateUtf8(state, bytes, cut, bytes.length);
    assert.equal(state === UTF8_START, expected, hex(bytes));
    if (expected) valid++;
  }
  assert.ok(valid > 1000, `only ${valid} of the random texts were valid`);
});

test("a binary message may have any bytes", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  assert.deepEqual(server().receive(frame({ opcode: 2, payload: bytes })).received, [bytes]);
});
