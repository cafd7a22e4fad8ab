import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedMessage, Wire } from "../../src/protocol/mod.ts";
import { BINARY, hex, PING, PONG, readFrames, TEXT } from "./frames.ts";
import { client, type Probe, seededBytes, server } from "./probe.ts";

const LENGTHS = [
  0, 1, 15, 16, 17, 41, 42, 63, 124, 125, 126, 127, 5_000, 5_457, 5_458, 5_459, 16_000, 16_383, 16_384,
  16_385,
];
const LARGE = [65_535, 65_536, 1_048_576];

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
}

function pump(from: Probe, to: Probe): void {
  for (const chunk of from.wire.takeOutput()) to.wire.receive(chunk.slice());
}

test("messages of every length class arrive at the other role, both ways", () => {
  for (const [from, to] of [
    [client(), server()],
    [server(), client()],
  ] as const) {
    for (const length of [...LENGTHS, ...LARGE]) {
      for (const message of [pattern(length), "a".repeat(length)]) {
        assert.equal(from.wire.sendMessage(message), true);
        pump(from, to);
        assert.deepEqual(to.received.pop(), message, `length ${length}`);
      }
    }
    assert.deepEqual(to.ends, []);
  }
});

test("text of any characters arrives, around every limit of the encoder", () => {
  const from = client();
  const to = server();
  for (const char of ["é", "漢", "😀"]) {
    for (const base of LENGTHS) {
      for (const length of [
        base - 1,
        base,
        Math.floor(base / 2),
        Math.floor(base / 3),
        Math.floor(base / 4),
      ]) {
        if (length < 0) continue;
        for (const message of [
          char.repeat(length),
          `${"a".repeat(length)}${char}`,
          `${char}${"a".repeat(length)}`,
        ]) {
          from.send(message);
          pump(from, to);
          assert.equal(to.received.pop(), message, `${char}, ${length}`);
        }
      }
    }
  }
});

test("a server's frames are whole, unmasked, and as short as can be; a client's are masked", () => {
  for (const [probe, masked] of [
    [server(), false],
    [client(), true],
  ] as const) {
    for (const length of [...LENGTHS, ...LARGE]) {
      probe.send(pattern(length), "b".repeat(length));
      const frames = readFrames(probe.takeBytes());
      assert.equal(frames.length, 2);
      assert.deepEqual(
        frames.map((frame) => [frame.opcode, frame.fin, frame.masked, frame.payload.length]),
        [
          [BINARY, true, masked, length],
          [TEXT, true, masked, length],
        ],
      );
    }
  }
});

test("lone surrogates go out as U+FFFD, wherever they are", () => {
  for (const size of [0, 20, 6_000, 30_000]) {
    for (const lone of ["\uD800", "\uDC00", "x\uDBFFy", "\uDE00\uD83D"]) {
      const message = "a".repeat(size) + lone + "b".repeat(size);
      const [frame] = readFrames(server().send(message).takeBytes());
      assert.deepEqual(frame?.payload, new TextEncoder().encode(message));
    }
  }
});

test("what was sent is a snapshot: the caller may overwrite its array", () => {
  for (const length of [10, 1000, 100_000]) {
    for (const probe of [server(), client()]) {
      const message = pattern(length);
      const shared = new SharedMessage(message);
      probe.send(message, shared);
      probe.wire.sendPing(message.subarray(0, 10));
      message.fill(0xee);
      probe.send(shared);
      const frames = readFrames(probe.takeBytes());
      assert.deepEqual(frames[0]?.payload, pattern(length));
      assert.deepEqual(frames[1]?.payload, pattern(length));
      assert.deepEqual(frames[2]?.payload, pattern(length).slice(0, 10));
      assert.deepEqual(frames[3]?.payload, pattern(length));
    }
  }
});

test("output that was handed out is never written to again", () => {
  const probe = server();
  const handed: { chunk: Uint8Array; was: string }[] = [];
  for (let round = 0; round < 2000; round++) {
    probe.send(`message ${round}`, pattern(round));
    if (round % 10 === 0) probe.send(pattern(16_000 + 20 * round), "漢".repeat(6_000 + round));
    for (const chunk of probe.wire.takeOutput()) {
      if (round % 50 === 0) handed.push({ chunk, was: hex(chunk) });
    }
  }
  for (const { chunk, was } of handed) assert.equal(hex(chunk), was);
});

test("small frames that are sent together leave as one chunk", () => {
  const probe = server();
  const counts: number[] = [];
  for (let round = 0; round < 20; round++) {
    for (let index = 0; index < 50; index++) probe.send(`message ${index}`, Uint8Array.of(index));
    probe.wire.sendPing("p");
    const chunks = probe.wire.takeOutput();
    assert.equal(chunks.flatMap((chunk) => readFrames(chunk)).length, 101);
    counts.push(chunks.length);
  }
  // Where a slab of the pool was full in between there are two.
  assert.ok(counts.filter((count) => count === 1).length >= 19, `${counts}`);
});

test("wires that send by turns keep their frames apart and in order", () => {
  const probes = [server(), client(), server()];
  for (let round = 0; round < 3000; round++) {
    for (const [index, probe] of probes.entries()) probe.send(`${index}: ${round}`);
  }
  for (const [index, probe] of probes.entries()) {
    const expected = Array.from({ length: 3000 }, (_, round) => `text "${index}: ${round}"`);
    assert.deepEqual(probe.sent(), expected);
  }
});

test("outputBytes is what takeOutput returns, which is then gone", () => {
  const probe = server();
  assert.equal(probe.wire.outputBytes, 0);
  assert.deepEqual(probe.wire.takeOutput(), []);
  probe.send("12345");
  assert.equal(probe.wire.outputBytes, 7);
  probe.send(new Uint8Array(20_000));
  assert.equal(probe.wire.outputBytes, 7 + 20_004);
  probe.send("1");
  assert.equal(probe.wire.outputBytes, 7 + 20_004 + 3);
  assert.equal(probe.takeBytes().length, 7 + 20_004 + 3);
  assert.equal(probe.wire.outputBytes, 0);
  assert.deepEqual(probe.wire.takeOutput(), []);
});

test("a shared message is the same bytes for every server, and masked anew for every client", () => {
  for (const data of ["shared ünd gut", "s".repeat(50_000), Uint8Array.of(1, 2, 3), pattern(50_000)]) {
    const shared = new SharedMessage(data);
    assert.deepEqual(shared.data, data);
    const servers = [server(), server()];
    const clients = [client({ randomBytes: seededBytes(5) }), client({ randomBytes: seededBytes(6) })];
    for (const probe of [...servers, ...clients]) probe.send(shared);
    const [one, other] = servers.map((probe) => probe.wire.takeOutput());
    assert.equal(one?.length, 1);
    assert.equal(one?.[0]?.buffer, other?.[0]?.buffer);
    assert.equal(one?.[0]?.byteOffset, other?.[0]?.byteOffset);
    const masked = clients.map((probe) => probe.takeBytes());
    assert.notDeepEqual(masked[0], masked[1]);
    const frames = [one?.[0] as Uint8Array, ...masked].map((bytes) => readFrames(bytes)[0]);
    const payload = typeof data === "string" ? new TextEncoder().encode(data) : data;
    for (const frame of frames) assert.deepEqual(frame?.payload, payload);
    for (const frame of frames) assert.equal(frame?.opcode, typeof data === "string" ? TEXT : BINARY);
  }
});

test("shared messages made one after another leave each wire as one chunk", () => {
  const probes = [server(), server(), server()];
  let wholes = 0;
  for (let round = 0; round < 20; round++) {
    for (const data of ["one", Uint8Array.of(2), "three"]) {
      const shared = new SharedMessage(data);
      for (const probe of probes) probe.send(shared);
    }
    const chunks = probes.map((probe) => probe.wire.takeOutput());
    if (chunks.every((each) => each.length === 1)) wholes++;
  }
  assert.ok(wholes >= 19, `${wholes} of 20 rounds`);
});

test("a client takes a fresh masking key for each frame", () => {
  const probe = client();
  const keys = new Set<string>();
  for (let index = 0; index < 3000; index++) {
    probe.send("same");
    keys.add(hex(probe.takeBytes().subarray(2, 6)));
  }
  assert.equal(keys.size, 3000);
});

test("a client's masking keys are the bytes of its own source", () => {
  const constant = (byte: number) => client({ randomBytes: (target) => void target.fill(byte) });
  const [one, two] = [constant(0x11), constant(0x22)];
  for (const [probe, byte] of [
    [one, "11"],
    [two, "22"],
    [one, "11"],
  ] as const) {
    assert.equal(hex(probe.send("x").takeBytes().subarray(2, 6)), byte.repeat(4));
  }
});

test("a client without a source of randomness is refused", () => {
  const sink = server();
  assert.throws(() => new Wire(sink, { role: "client" }), { name: "WirehallError", code: "INVALID_OPTION" });
});

test("pings and pongs go out with their payload, and one of over 125 bytes throws", () => {
  for (const probe of [server(), client()]) {
    assert.equal(probe.wire.sendPing(), true);
    assert.equal(probe.wire.sendPing("é"), true);
    assert.equal(probe.wire.sendPong(new Uint8Array(125)), true);
    const frames = readFrames(probe.takeBytes());
    assert.deepEqual(
      frames.map((frame) => [frame.opcode, frame.payload.length]),
      [
        [PING, 0],
        [PING, 2],
        [PONG, 125],
      ],
    );
    for (const payload of [new Uint8Array(126), "é".repeat(63)]) {
      assert.throws(() => probe.wire.sendPing(payload), { code: "INVALID_PING", message: /126 bytes.*125/ });
      assert.throws(() => probe.wire.sendPong(payload), { code: "INVALID_PING" });
    }
    assert.equal(probe.wire.outputBytes, 0);
  }
});

test("what is neither a string nor bytes throws, and leaves no trace in the output", () => {
  for (const probe of [server(), client()]) {
    for (const bad of [new ArrayBuffer(4), new Uint16Array(2), { length: 3 }, 5]) {
      assert.throws(() => probe.wire.sendMessage(bad as never), {
        name: "WirehallError",
        code: "INVALID_MESSAGE",
      });
    }
    assert.equal(probe.wire.outputBytes, 0);
    assert.deepEqual(probe.send("good").sent(), ['text "good"']);
  }
});

test("messages of the platform's own codec are those of the portable one", () => {
  const calls: string[] = [];
  const text = {
    decodeAscii: (bytes: Uint8Array, start: number, end: number) => {
      calls.push("decodeAscii");
      return new TextDecoder().decode(bytes.subarray(start, end));
    },
    decodeUtf8: (bytes: Uint8Array, start: number, end: number) => {
      calls.push("decodeUtf8");
      return new TextDecoder().decode(bytes.subarray(start, end));
    },
    encodeInto: (message: string, target: Uint8Array, offset: number) => {
      calls.push("encodeInto");
      return new TextEncoder().encodeInto(message, target.subarray(offset)).written;
    },
  };
  const from = client({ text });
  const to = server({ text });
  from.send("only ascii, but longer than a loop", "é");
  pump(from, to);
  assert.deepEqual(to.received, ["only ascii, but longer than a loop", "é"]);
  assert.deepEqual(calls, ["encodeInto", "encodeInto", "decodeAscii", "decodeUtf8"]);
});
