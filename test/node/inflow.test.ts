import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { websocket } from "wirehall";
import { collectGarbage } from "../fuzz/held.ts";
import { encodeFrame, opcodes } from "../support/raw-frames.ts";
import { peersOf } from "./peers.ts";

const MIB = 1024 * 1024;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

async function memoryBytes(): Promise<number> {
  await collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A message of 1 MiB in about 1 KiB. */
function compressed(number: number): Buffer {
  const text = `${number} `.padEnd(MIB, "x");
  const deflated = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return encodeFrame({ opcode: opcodes.text, rsv: 4, payload: deflated.subarray(0, -4) });
}

test("of a read that inflates to 60 MiB a slow handler gets one message after the other, and none waits", async () => {
  const release: (() => void)[] = [];
  const seen: number[] = [];
  let largest = 0;
  const endpoint = websocket(
    {
      async message(_connection, data) {
        seen.push(Number.parseInt(String(data), 10));
        await new Promise<void>((resolve) => release.push(resolve));
      },
    },
    { compression: true, pingIntervalMs: 0, log: () => {} },
  );
  const peers = peersOf(endpoint, { "sec-websocket-extensions": "permessage-deflate" });
  const stream = await peers.connect();
  const chunk = Buffer.concat(Array.from({ length: 60 }, (_, number) => compressed(number)));
  assert.ok(chunk.length < 2 * 65_536, `${chunk.length} bytes in one read`);
  const before = await memoryBytes();
  stream.push(chunk);
  for (let count = 1; count <= 60; count++) {
    while (release.length < count) await nextTurn();
    if (count % 10 === 0) largest = Math.max(largest, (await memoryBytes()) - before);
    release[count - 1]();
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 60 }, (_, number) => number),
  );
  assert.ok(largest < 8 * MIB, `${largest} bytes were held`);
});

test("a close frame and the end of the stream behind messages that wait are told after them", async () => {
  const events: string[] = [];
  const closed = Promise.withResolvers<void>();
  const endpoint = websocket(
    {
      async message(_connection, data) {
        await nextTurn();
        events.push(String(data));
      },
      close(_connection, { code, wasClean }) {
        events.push(`close ${code} ${wasClean}`);
        closed.resolve();
      },
    },
    { maxQueuedMessages: 2, pingIntervalMs: 0 },
  );
  const stream = await peersOf(endpoint).connect();
  const texts = Array.from({ length: 20 }, (_, index) => `${index}`);
  const frames = texts.map((payload) => encodeFrame({ opcode: opcodes.text, payload }));
  const close = encodeFrame({ opcode: opcodes.close, payload: Buffer.from("0fa0", "hex") });
  stream.push(Buffer.concat([...frames, close]));
  stream.push(null);
  await closed.promise;
  assert.deepEqual(events, [...texts, "close 4000 true"]);
});
