import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { BINARY, binary, CONTINUATION, concat, frame, hex, PING, PONG, TEXT, text } from "./frames.ts";
import { client, server } from "./probe.ts";

const LENGTHS = [
  0, 1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 124, 125, 126, 127, 128, 65_535, 65_536, 1_048_576,
];

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
}

test("a server receives masked binary messages of every length class", () => {
  for (const length of LENGTHS) {
    const probe = server().receive(binary(pattern(length)));
    assert.equal(probe.received.length, 1, `length ${length}`);
    assert.deepEqual(probe.received[0], pattern(length), `length ${length}`);
  }
});

test("a client receives unmasked binary messages of every length class", () => {
  for (const length of LENGTHS) {
    const probe = client().receive(binary(pattern(length), { mask: false }));
    assert.deepEqual(probe.received, [pattern(length)], `length ${length}`);
  }
});

test("text of every length class arrives in both roles, ASCII or not", () => {
  for (const char of ["a", "é", "漢", "😀"]) {
    for (const length of LENGTHS) {
      const message = char.repeat(Math.floor(length / new TextEncoder().encode(char).length));
      assert.equal(server().receive(text(message)).received[0], message, `${char} in ${length} bytes`);
      assert.equal(client().receive(text(message, { mask: false })).received[0], message);
    }
  }
});

test("a frame is unmasked wherever in the buffer it begins", () => {
  const message = pattern(100);
  for (let offset = 0; offset < 9; offset++) {
    const whole = concat(new Uint8Array(offset), binary(message), text("the quick brown fox jumps over"));
    const probe = server();
    probe.wire.receive(whole.subarray(offset));
    assert.deepEqual(probe.received, [message, "the quick brown fox jumps over"], `offset ${offset}`);
  }
});

test("the same buffer may be read into again and again", () => {
  const buffer = new Uint8Array(256);
  const probe = server();
  for (const message of ["one message of some length", "and another one, a bit longer"]) {
    const bytes = text(message);
    buffer.set(bytes);
    probe.wire.receive(buffer.subarray(0, bytes.length));
  }
  assert.deepEqual(probe.received, ["one message of some length", "and another one, a bit longer"]);
});

test("a read buffer that was resized is still unmasked to its end", () => {
  const buffer = new ArrayBuffer(64, { maxByteLength: 1024 });
  const probe = server();
  for (const message of ["short enough for it", "x".repeat(500)]) {
    const bytes = text(message);
    if (bytes.length > buffer.byteLength) buffer.resize(1024);
    const chunk = new Uint8Array(buffer, 0, bytes.length);
    chunk.set(bytes);
    probe.wire.receive(chunk);
  }
  assert.deepEqual(probe.received, ["short enough for it", "x".repeat(500)]);
});

test("nothing of a chunk is kept: its buffer may be read into at once, wherever it was cut", () => {
  const stream = concat(
    text("one"),
    binary(pattern(200)),
    frame({ opcode: PING, payload: "p" }),
    text("two"),
  );
  for (const make of [(size: number) => new Uint8Array(size), (size: number) => Buffer.alloc(size)]) {
    for (let cut = 1; cut < stream.length; cut++) {
      const probe = server();
      for (const part of [stream.subarray(0, cut), stream.subarray(cut)]) {
        const buffer = make(part.length);
        buffer.set(part);
        probe.wire.receive(buffer);
        buffer.fill(0xee);
      }
      assert.deepEqual(probe.received, ["one", pattern(200), "two"], `cut at ${cut}`);
      assert.deepEqual(probe.sent(), ["pong 70"]);
    }
  }
});

test("a binary message fills a buffer of its own, and is not rewritten when the read buffer is", () => {
  for (const length of [0, 1, 64, 65, 200, 70_000]) {
    const whole = binary(pattern(length));
    const half = Math.floor(length / 2);
    const fragments = concat(
      binary(pattern(length).slice(0, half), { fin: false }),
      frame({ opcode: CONTINUATION, payload: pattern(length).slice(half) }),
    );
    for (const bytes of [whole, fragments]) {
      for (const chunkBytes of [bytes.length, 5]) {
        const probe = server();
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.slice(at, at + chunkBytes));
        for (const chunk of chunks) probe.wire.receive(chunk);
        for (const chunk of chunks) chunk.fill(0xee);
        const [message] = probe.received as Uint8Array[];
        assert.ok(message !== undefined);
        assert.equal(message.byteOffset, 0);
        assert.equal(message.buffer.byteLength, length);
        assert.equal(Object.getPrototypeOf(message), Uint8Array.prototype);
        assert.deepEqual(message, pattern(length));
      }
    }
  }
});

test("fragments join to one message, with control frames between them handled at once", () => {
  const probe = server().receive(
    text("Hel", { fin: false }),
    frame({ opcode: PING, payload: "p1" }),
    frame({ opcode: CONTINUATION, payload: "lo, ", fin: false }),
    frame({ opcode: PONG, payload: [1, 2] }),
    frame({ opcode: CONTINUATION, payload: "", fin: false }),
    frame({ opcode: CONTINUATION, payload: "wörld" }),
    binary([1], { fin: false }),
    frame({ opcode: CONTINUATION, payload: [2, 3] }),
    text("next"),
  );
  assert.deepEqual(probe.events, ["pong 0102", 'text "Hello, wörld"', "binary 010203", 'text "next"']);
  assert.deepEqual(probe.sent(), [`pong ${hex(new TextEncoder().encode("p1"))}`]);
});

test("a character may be cut by a fragment's border", () => {
  const bytes = new TextEncoder().encode("κόσμε 😀");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const probe = server().receive(
      text(bytes.slice(0, cut), { fin: false }),
      frame({ opcode: CONTINUATION, payload: bytes.slice(cut) }),
    );
    assert.deepEqual(probe.received, ["κόσμε 😀"], `cut at ${cut}`);
  }
});

test("empty messages arrive, whole and in empty fragments", () => {
  const probe = server().receive(
    text(""),
    binary([]),
    text("", { fin: false }),
    frame({ opcode: CONTINUATION, fin: false }),
    frame({ opcode: CONTINUATION }),
    frame({ opcode: BINARY, fin: false }),
    frame({ opcode: CONTINUATION }),
  );
  assert.deepEqual(probe.events, ['text ""', "binary ", 'text ""', "binary "]);
});

test("a byte order mark at the beginning of a text is kept", () => {
  const long = `\uFEFF${"x".repeat(70_000)}`;
  assert.deepEqual(server().receive(text("\uFEFFhi"), text(long)).received, ["\uFEFFhi", long]);
  const cut = server();
  for (const byte of text("\uFEFFhi")) cut.wire.receive(Uint8Array.of(byte));
  assert.deepEqual(cut.received, ["\uFEFFhi"]);
});

test("a masking key of zeros is a key like any other", () => {
  const probe = server().receive(frame({ opcode: TEXT, payload: "plain", mask: [0, 0, 0, 0] }));
  assert.deepEqual(probe.received, ["plain"]);
});

test("an empty chunk changes nothing, even inside a header", () => {
  const bytes = text("hello");
  const probe = server().receive(bytes.slice(0, 1));
  probe
    .receive(new Uint8Array(0))
    .receive(bytes.slice(1, 3))
    .receive(new Uint8Array(0))
    .receive(bytes.slice(3));
  assert.deepEqual(probe.received, ["hello"]);
});
