import assert from "node:assert/strict";
import { sameBytes } from "../../support/bytes.ts";
import { opcodes } from "../../support/raw-frames.ts";
import type { Note } from "../../support/target.ts";
import type { Group } from "../case.ts";

const chunkBytes = 64 * 1024;
const pattern: Uint8Array = Uint8Array.from({ length: chunkBytes }, (_, i) => (i * 31 + (i >> 8)) & 255);

export const flow: Group = {
  title: "binary data and backpressure",
  cases: [
    {
      name: "binary: what a handler got is a Uint8Array of its own, and is never rewritten",
      async run(target) {
        const client = await target.open("/kept");
        const first = Uint8Array.from({ length: 1000 }, (_, i) => i & 255);
        client.binary(first);
        assert.equal(await client.message(), "Uint8Array");
        for (let i = 0; i < 50; i++) client.binary(new Uint8Array(1000).fill(i));
        await client.messages(50);
        client.text("?");
        sameBytes(await client.message(), first);
      },
    },
    {
      name: "binary: the same for two messages in one write, and for fragments",
      async run(target) {
        const client = await target.open("/kept");
        client.send(
          { opcode: opcodes.binary, payload: Uint8Array.of(1, 2), fin: false },
          { opcode: opcodes.continuation, payload: Uint8Array.of(3, 4) },
          { opcode: opcodes.binary, payload: Uint8Array.of(9, 9, 9, 9) },
          { opcode: opcodes.text, payload: "?" },
        );
        sameBytes((await client.messages(3))[2], Uint8Array.of(1, 2, 3, 4));
      },
    },
    ...[10, 200, 5_000, 100_000].map((size) => ({
      name: `binary: send takes a snapshot (${size} bytes)`,
      async run(target: Parameters<Group["cases"][number]["run"]>[0]) {
        const client = await target.open("/reused");
        client.text(String(size));
        for (const value of [1, 2, 3]) {
          sameBytes(await client.message(), new Uint8Array(size).fill(value));
        }
        client.binary(new Uint8Array(size));
        for (const value of [1, 2, 3]) {
          sameBytes(await client.message(), new Uint8Array(size).fill(value));
        }
      },
    })),
    {
      name: "backpressure: send returns false above the high-water mark, then drain comes once, and drained resolves",
      needs: "backpressure",
      alone: true,
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/backpressure?key=${key}`);
        client.socket.pause();
        client.text("go");
        const [, stopped] = await target.notes(key, 2);
        assert.deepEqual([stopped.event, stopped.accepted], ["stopped", false]);
        assert.ok((stopped.buffered as number) > chunkBytes, `${stopped.buffered} bytes waited`);
        client.socket.resume();
        for (let i = 0; i < (stopped.sent as number); i++) sameBytes(await client.message(), pattern);
        assert.equal(await client.message(), "drained");
        const notes = await target.notes(key, 4);
        assert.deepEqual(notes.map(({ event }) => event).sort(), ["drain", "drained", "open", "stopped"]);
        const drained = notes.find(({ event }) => event === "drained");
        assert.ok(
          (drained?.buffered as number) <= chunkBytes,
          `${drained?.buffered} bytes waited after drained`,
        );
      },
    },
    {
      name: "backpressure: drained rejects when the connection is lost",
      needs: "backpressure",
      alone: true,
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/backpressure/lost?key=${key}`);
        client.socket.pause();
        client.text("go");
        await target.notes(key, 1, "full");
        client.socket.reset();
        const notes = await target.notes(key, 1, "close");
        const rejected = notes.find(({ event }) => event === "rejected");
        assert.equal(rejected?.code, "CONNECTION_CLOSED", JSON.stringify(notes));
      },
    },
    {
      name: "backpressure: a slow consumer is closed with 1013 above maxBufferedBytes",
      needs: "backpressure",
      alone: true,
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/careless?key=${key}`);
        client.socket.pause();
        client.text("go");
        await target.notes(key, 1, "sent");
        client.socket.resume();
        let received = 0;
        for (;;) {
          const frame = await client.frame("the close of a slow consumer");
          if (frame.opcode === opcodes.close) {
            assert.equal(frame.payload.readUInt16BE(), 1013);
            client.send({ opcode: opcodes.close, payload: frame.payload });
            break;
          }
          received++;
        }
        assert.ok(received < 1_000, `${received} chunks of 64 KiB were kept`);
        const notes = await target.notes(key, 1, "close");
        const { wasClean, ...end } = notes.at(-1) as Note;
        assert.deepEqual(end, { event: "close", code: 1013, reason: "", aborted: true });
        if (target.can("closeReply")) assert.equal(wasClean, true);
      },
    },
    {
      name: "backpressure: a client that sends 64 MiB to a slow handler gets all of it back in order",
      needs: "pause",
      alone: true,
      async run(target) {
        const client = await target.open("/echo");
        const count = 1_024;
        const sending = (async () => {
          for (let i = 0; i < count; i++) {
            const payload = pattern.slice();
            payload[0] = i & 255;
            payload[1] = i >> 8;
            client.binary(payload);
            if (i % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
          }
        })();
        for (let i = 0; i < count; i++) {
          const message = (await client.message()) as Uint8Array;
          assert.deepEqual([message.length, message[0] + 256 * message[1]], [chunkBytes, i]);
        }
        await sending;
      },
    },
  ],
};
