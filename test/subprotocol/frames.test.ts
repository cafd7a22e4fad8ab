import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  PING,
  readRetry,
  retryReason,
  SUBPROTOCOL,
} from "../../src/subprotocol/mod.ts";
import { type FrameVectors, messageOf, vectors } from "./vectors.ts";

assert.equal(vectors.protocol, SUBPROTOCOL);

describeFrames("client", vectors.frames.client, decodeClientFrame, encodeClientFrame);
describeFrames("server", vectors.frames.server, decodeServerFrame, encodeServerFrame);

function describeFrames<F>(
  side: string,
  { valid, invalid }: FrameVectors<F>,
  decode: (data: string | Uint8Array) => unknown,
  encode: (frame: F) => string | Uint8Array,
): void {
  describe(`frames of the ${side}`, () => {
    for (const vector of valid) {
      test(`takes ${vector.name}`, () => {
        assert.deepEqual(decode(messageOf(vector)), vector.frame);
        assert.deepEqual(decode(encode(vector.frame)), vector.frame);
      });
    }
    for (const vector of invalid) {
      test(`refuses ${vector.name}`, () => {
        const fault = decode(messageOf(vector)) as Record<string, unknown>;
        assert.deepEqual(
          { ...fault, reason: "" },
          { type: "fault", kind: vector.fault, closeCode: 4400, reason: "" },
        );
        assert.match(String(fault.reason), /^[ -~]{1,123}$/);
      });
    }
  });
}

test("a payload of bytes lies in a buffer of its own, and not in the frame's", () => {
  const sent = Uint8Array.of(1, 2, 3);
  const message = encodeClientFrame({ type: "message", clientSeq: 9, data: sent }) as Uint8Array;
  const frame = decodeClientFrame(message);
  message.fill(0);
  sent.fill(0);
  assert.ok("data" in frame && frame.data instanceof Uint8Array);
  assert.deepEqual([frame.data.buffer.byteLength, ...frame.data], [3, 1, 2, 3]);
});

test("an envelope longer than the limit is the sender's fault, and throws", () => {
  const frame = { type: "message", key: "€".repeat(400), data: Uint8Array.of(1) } as const;
  assert.throws(() => encodeServerFrame(frame), { name: "WirehallError", code: "INVALID_FRAME" });
});

test("the keepalive fits what Durable Objects answer by themselves", () => {
  assert.ok(PING.length <= 2048);
});

test("retry is read from its reason alone", () => {
  assert.equal(retryReason(1500.4), "retry=1500");
  assert.equal(retryReason(-1), "retry=0");
  assert.equal(retryReason(1e12), "retry=9999999");
  assert.equal(readRetry("retry=1500"), 1500);
  assert.equal(readRetry("retry=0"), 0);
  for (const reason of [
    "",
    "retry=",
    "retry=1.5",
    "retry=-1",
    "retry=12345678",
    "retry=1 ",
    " retry=1",
    "Retry=1",
  ]) {
    assert.equal(readRetry(reason), undefined, reason);
  }
});
