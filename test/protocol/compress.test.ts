import assert from "node:assert/strict";
import { test } from "node:test";
import { zlibDeflate, zlibHeedsHistory } from "../../runtimes/node/zlib.ts";
import { type DeflatePlatform, SharedMessage } from "../../src/protocol/mod.ts";
import { compressing, deflated, inflated, noise, RSV1, sample, sentBy } from "./deflating.ts";
import { BINARY, bytesOf, concat, PING, type SeenFrame, TEXT } from "./frames.ts";
import { client, server } from "./probe.ts";

const SIZES = [0, 1, 2, 125, 126, 1000, 4096, 65_535, 65_536, 300_000, 1024 * 1024];

for (const role of ["client", "server"] as const) {
  const [from, to] = role === "client" ? [client, server] : [server, client];
  for (const takeover of [false, true]) {
    test(`messages of all sizes come through from the ${role}, ${takeover ? "with" : "without"} takeover`, () => {
      const usesHistory = takeover && zlibHeedsHistory();
      const sender = from(compressing({ takeover: usesHistory }));
      const receiver = to(compressing({ takeover: usesHistory }));
      for (const size of SIZES) {
        const bytes = sample(size, size);
        const string = new TextDecoder().decode(bytes.subarray(0, size / 2)).replaceAll("a", "€");
        for (const message of [bytes, noise(Math.min(size, 70_000)), string, bytes]) {
          sender.send(message);
          receiver.receive(sender.takeBytes());
          const got = receiver.received.pop();
          assert.ok(typeof got === typeof message, `${size}`);
          assert.ok(
            Buffer.compare(Buffer.from(got as string), Buffer.from(message as string)) === 0,
            `${size}`,
          );
          if (got instanceof Uint8Array) {
            assert.equal(got.constructor, Uint8Array);
            assert.equal(got.buffer.byteLength, got.length);
          }
        }
      }
      assert.deepEqual(receiver.ends, []);
    });
  }
}

test("RSV1 marks what is compressed, and nothing else", () => {
  const probe = server(compressing({ thresholdBytes: 100 }));
  probe.send("a".repeat(99), "a".repeat(100), "€".repeat(33), "€".repeat(34), noise(500), sample(500));
  probe.wire.sendPing("p");
  probe.wire.sendClose(1000, "r".repeat(120));
  const frames = sentBy(probe);
  assert.deepEqual(
    frames.map(({ rsv, opcode, fin }) => [rsv, opcode, fin]),
    [
      [0, TEXT, true],
      [RSV1, TEXT, true],
      [0, TEXT, true],
      [RSV1, TEXT, true],
      [0, BINARY, true],
      [RSV1, BINARY, true],
      [0, PING, true],
      [0, 8, true],
    ],
  );
  assert.equal(new TextDecoder().decode(inflated((frames[1] as SeenFrame).payload)), "a".repeat(100));
  assert.deepEqual(inflated((frames[5] as SeenFrame).payload), sample(500));
});

test("a client masks what it compresses", () => {
  const [seen] = sentBy(client(compressing()).send("a".repeat(300)));
  assert.deepEqual([seen?.masked, seen?.rsv], [true, RSV1]);
  assert.equal(new TextDecoder().decode(inflated((seen as SeenFrame).payload)), "a".repeat(300));
});

test("messages that do not shrink are sent as they are", () => {
  const probe = server(compressing());
  probe.send("", "a", "abc", noise(3000));
  assert.deepEqual(
    sentBy(probe).map(({ rsv }) => rsv),
    [0, 0, 0, 0],
  );
});

test("a side whose window was limited to 8 bits, which zlib does not have, compresses nothing", () => {
  const probe = client(compressing({ windowBits: 8 }));
  probe.send("a".repeat(5000)).send(new SharedMessage("a".repeat(5000)));
  assert.deepEqual(
    sentBy(probe).map(({ rsv }) => rsv),
    [0, 0],
  );
});

test("a window that was limited is not reached beyond", () => {
  const probe = server(compressing({ windowBits: 9 }));
  const [block, filler] = [noise(300), sample(2000)];
  probe.send(concat(block, filler, block));
  const [seen] = sentBy(probe);
  // With a window of 32 KiB the second block would cost next to nothing.
  assert.ok((seen as SeenFrame).payload.length > deflated(concat(block, filler, block)).length + 200);
});

test("with takeover a message shrinks by what was said compressed before, and by nothing else", () => {
  if (!zlibHeedsHistory()) return;
  const probe = server(compressing({ takeover: true, thresholdBytes: 100 }));
  const message = noise(200);
  const pair = concat(message, message);
  // Too short for the threshold: no part of the window.
  probe.send(message.subarray(0, 99), pair, message, message.subarray(0, 150));
  const [small, first, second, third] = sentBy(probe) as [SeenFrame, SeenFrame, SeenFrame, SeenFrame];
  assert.deepEqual([small.rsv, first.rsv, second.rsv, third.rsv], [0, RSV1, RSV1, RSV1]);
  assert.ok(first.payload.length > 200 && second.payload.length < 20, `${second.payload.length}`);
  assert.deepEqual(inflated(first.payload), pair);
  assert.deepEqual(inflated(second.payload, pair), message);
  assert.deepEqual(inflated(third.payload, concat(pair, message)), message.slice(0, 150));
});

/** A platform that counts what it is asked to compress. */
function counting(): { platform: DeflatePlatform; count(): number } {
  let calls = 0;
  const platform: DeflatePlatform = {
    ...zlibDeflate,
    deflate(bytes, windowBits, history) {
      calls++;
      return zlibDeflate.deflate(bytes, windowBits, history);
    },
  };
  return { platform, count: () => calls };
}

test("a shared message is compressed once for each size of window", () => {
  const { platform, count } = counting();
  const wires = [15, 15, 15, 10, 10].map((windowBits) =>
    server(compressing({ platform, windowBits, thresholdBytes: 100 })),
  );
  for (const data of [`€${"a".repeat(3000)}`, sample(120), sample(3000), sample(70_000)]) {
    const before = count();
    const shared = new SharedMessage(data);
    for (const wire of wires) wire.send(shared);
    assert.equal(count() - before, 2);
    const payloads = wires.map((wire) => sentBy(wire)[0] as SeenFrame);
    for (const { rsv, payload } of payloads) {
      assert.equal(rsv, RSV1);
      assert.deepEqual(inflated(payload), bytesOf(data as string));
    }
  }
});

test("a shared message is asked only once whether it shrinks, and not below the threshold", () => {
  const { platform, count } = counting();
  const wires = [1, 2, 3].map(() => server(compressing({ platform, thresholdBytes: 100 })));
  const large = new SharedMessage(noise(3000));
  const small = new SharedMessage("a".repeat(99));
  for (const wire of wires) wire.send(large, small);
  assert.equal(count(), 1);
  for (const wire of wires)
    assert.deepEqual(
      sentBy(wire).map(({ rsv }) => rsv),
      [0, 0],
    );
});

test("a shared message is compressed once with takeover too, and becomes part of each window", () => {
  if (!zlibHeedsHistory()) return;
  const { platform, count } = counting();
  const message = concat(noise(400), noise(400));
  const shared = new SharedMessage(message);
  const probes = [1, 2].map(() =>
    server(compressing({ platform, takeover: true })).send("x".repeat(500), shared),
  );
  assert.equal(count(), 3);
  for (const probe of probes) {
    probe.send(message);
    const [first, second, third] = sentBy(probe) as [SeenFrame, SeenFrame, SeenFrame];
    const history = concat(inflated(first.payload), inflated(second.payload));
    assert.deepEqual(history, concat(bytesOf("x".repeat(500)), message));
    assert.ok(third.payload.length < 30, `${third.payload.length}`);
    assert.deepEqual(inflated(third.payload, history), message);
  }
});

test("what has been sent compressed is a snapshot", () => {
  const probe = server(compressing({ takeover: zlibHeedsHistory() }));
  const bytes = sample(2000);
  const before = bytes.slice();
  probe.send(bytes);
  bytes.fill(0);
  const [seen] = sentBy(probe);
  assert.deepEqual(inflated((seen as SeenFrame).payload), before);
});
