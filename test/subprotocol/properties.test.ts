import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
} from "../../src/subprotocol/mod.ts";
import { clientFrame, serverFrame, withoutOne } from "./arbitraries.ts";

fc.configureGlobal({ seed: 6455, numRuns: 500 });

test("what a client sends, the server reads", () => {
  fc.assert(
    fc.property(clientFrame, (frame) => {
      assert.deepEqual(decodeClientFrame(encodeClientFrame(frame)), frame);
    }),
  );
});

test("what a server sends, the client reads", () => {
  fc.assert(
    fc.property(serverFrame, (frame) => {
      assert.deepEqual(decodeServerFrame(encodeServerFrame(frame)), frame);
    }),
  );
});

test("members that nobody knows change nothing", () => {
  const strange = fc.dictionary(
    fc.string({ minLength: 1 }).map((name) => `x${name}`),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(serverFrame, strange, (frame, more) => {
      const message = encodeServerFrame(frame);
      if (typeof message !== "string" || !message.startsWith("{")) return;
      assert.deepEqual(decodeServerFrame(JSON.stringify({ ...more, ...JSON.parse(message) })), frame);
    }),
  );
});

test("garbage is a fault or a frame, and never throws", () => {
  const garbage = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Uint8Array.of(0, bytes.length >> 1, ...bytes)),
    // JSON that is nearly a frame.
    fc
      .tuple(fc.oneof(clientFrame, serverFrame), withoutOne, fc.jsonValue())
      .map(([frame, change, value]) => JSON.stringify(change(frame, value))),
  );
  fc.assert(
    fc.property(garbage, (data) => {
      for (const decode of [decodeClientFrame, decodeServerFrame]) {
        const result = decode(data);
        if (result.type !== "fault") continue;
        assert.equal(result.closeCode, 4400);
        assert.match(result.reason, /^[ -~]{1,123}$/);
      }
    }),
    { numRuns: 5000 },
  );
});

test("JSON that is nested beyond all measure is a frame or a fault", () => {
  for (const depth of [1_000, 100_000, 1_000_000]) {
    const deep = `{"type":"message","name":"deep","data":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    assert.match(decodeClientFrame(deep).type, /^(message|fault)$/);
    assert.equal(decodeClientFrame(deep.slice(0, -1)).type, "fault");
  }
});
