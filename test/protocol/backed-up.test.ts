import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedMessage } from "../../src/protocol/mod.ts";
import { readFrames } from "./frames.ts";
import { type Probe, server } from "./probe.ts";

const SLAB_BYTES = 65_536;

/** Bytes of the buffers that the chunks keep alive. */
function pinnedBytes(chunks: readonly Uint8Array[]): number {
  const buffers = new Set(chunks.map(({ buffer }) => buffer));
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Sends to one wire, each time after others have filled a part of the pool. */
function sendBetweenOthers(probe: Probe, messages: readonly (string | Uint8Array)[]): void {
  const other = server();
  for (const message of messages) {
    probe.send(message);
    other.send("x".repeat(10_000));
    other.wire.takeOutput();
  }
}

const payloadsOf = (chunks: readonly Uint8Array[]) =>
  chunks.flatMap((chunk) => readFrames(chunk)).map(({ payload }) => Buffer.from(payload).toString());

test("small frames of a wire that is not backed up lie in the pool, and keep it alive", () => {
  const probe = server();
  const messages = Array.from({ length: 100 }, (_, index) => `message ${index}`);
  sendBetweenOthers(probe, messages);
  assert.ok(pinnedBytes(probe.wire.takeOutput()) > 10 * SLAB_BYTES);
});

test("what waits in a wire that is backed up keeps no more alive than twice its size", () => {
  for (const [count, size] of [
    [1, 10],
    [100, 10],
    [1_000, 100],
    [300, 5_000],
    [50, 16_000],
  ]) {
    const probe = server();
    probe.wire.backedUp = true;
    const messages = Array.from({ length: count }, (_, index) => `${index} `.padEnd(size, "."));
    sendBetweenOthers(probe, messages);
    const bytes = probe.wire.outputBytes;
    const chunks = probe.wire.takeOutput();
    assert.equal(
      chunks.reduce((sum, { length }) => sum + length, 0),
      bytes,
    );
    assert.ok(pinnedBytes(chunks) <= 2 * bytes + 1_024, `${pinnedBytes(chunks)} bytes for ${bytes}`);
    const whole = Buffer.concat(chunks);
    assert.deepEqual(payloadsOf([whole]), messages);
  }
});

test("large frames that wait are not copied: a shared one is the same for all", () => {
  const message = new SharedMessage("x".repeat(100_000));
  const chunks = [1, 2, 3].flatMap(() => {
    const probe = server();
    probe.wire.backedUp = true;
    probe.send(message);
    return probe.wire.takeOutput();
  });
  assert.equal(new Set(chunks.map(({ buffer }) => buffer)).size, 1);
});

test("order holds over frames from before, meanwhile and after, small and large, text and binary", () => {
  const probe = server();
  probe.send("before");
  probe.wire.backedUp = true;
  probe.send(
    "small",
    new Uint8Array(3).fill(0x41),
    "L".repeat(20_000),
    "small again",
    new SharedMessage("shared"),
  );
  probe.wire.backedUp = false;
  probe.send("after");
  const whole = Buffer.concat(probe.wire.takeOutput());
  assert.deepEqual(payloadsOf([whole]), [
    "before",
    "small",
    "AAA",
    "L".repeat(20_000),
    "small again",
    "shared",
    "after",
  ]);
});

test("what was taken is not written to by what is sent later", () => {
  const probe = server();
  probe.wire.backedUp = true;
  probe.send("first");
  const first = probe.wire.takeOutput().map((chunk) => chunk.slice());
  const held = probe.wire.takeOutput();
  assert.deepEqual(held, []);
  probe.send("second");
  assert.deepEqual(payloadsOf(first), ["first"]);
  assert.deepEqual(payloadsOf(probe.wire.takeOutput()), ["second"]);
});

test("a shared message that is kept for long keeps nothing of the pool alive, and is copied once", () => {
  const data = new Uint8Array([1, 2, 3]);
  const message = new SharedMessage(data);
  data.fill(9);
  const lasting = message.lasting as Uint8Array;
  assert.deepEqual([...lasting], [1, 2, 3]);
  assert.equal(lasting.buffer.byteLength, 3);
  assert.equal(message.lasting, lasting);
  assert.equal(new SharedMessage("text").lasting, "text");
});
