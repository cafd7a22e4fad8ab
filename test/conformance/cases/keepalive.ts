import assert from "node:assert/strict";
import type { RawClient } from "../../support/raw-client.ts";
import { encodeFrame, opcodes } from "../../support/raw-frames.ts";
import type { Target } from "../../support/target.ts";
import type { Group } from "../case.ts";

async function nextPing(client: RawClient): Promise<Buffer> {
  const frame = await client.frame("a ping");
  assert.equal(frame.opcode, opcodes.ping, `a frame of the opcode ${frame.opcode}`);
  return frame.payload;
}

/** Waits until a peer that never answers was given up: then two intervals are over, whatever the machine does. */
async function twoIntervals(target: Target): Promise<void> {
  const key = target.newKey();
  const witness = await target.open(`/keepalive?key=${key}`);
  await nextPing(witness);
  await target.notes(key, 1, "close");
}

/** Does it every so often until two intervals are over. */
async function meanwhile(target: Target, everyMs: number, act: () => void): Promise<void> {
  const timer = setInterval(act, everyMs);
  try {
    await twoIntervals(target);
    await twoIntervals(target);
  } finally {
    clearInterval(timer);
  }
}

async function echoes(client: RawClient): Promise<void> {
  client.text("still here");
  assert.equal(await client.message(), "still here");
}

export const keepalive: Group = {
  title: "keepalive",
  cases: [
    {
      name: "keepalive: a silent peer is pinged, and stays connected while it answers",
      needs: "keepalive",
      async run(target) {
        const client = await target.open("/keepalive");
        for (let times = 0; times < 3; times++) {
          client.send({ opcode: opcodes.pong, payload: await nextPing(client) });
        }
        await echoes(client);
      },
    },
    {
      name: "keepalive: a peer of which nothing comes after a ping is dropped, and close sees 1006",
      needs: "keepalive",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/keepalive?key=${key}`);
        await nextPing(client);
        const { code } = await client.ended("the end of a peer that answers nothing");
        if (target.can("terminate")) assert.equal(code, undefined);
        const notes = await target.notes(key, 1, "close");
        const end = { event: "close", code: 1006, reason: "", wasClean: false, aborted: true };
        assert.deepEqual(notes, [{ event: "open" }, end]);
      },
    },
    {
      name: "keepalive: a message is as good as a pong",
      needs: "keepalive",
      async run(target) {
        const client = await target.open("/keepalive");
        for (let times = 0; times < 3; times++) {
          await nextPing(client);
          await echoes(client);
        }
      },
    },
    {
      name: "keepalive: who sends is not pinged",
      needs: "keepalive",
      async run(target) {
        const client = await target.open("/keepalive");
        let sent = 0;
        await meanwhile(target, 20, () => client.text(`${sent++}`));
        for (let index = 0; index < sent; index++) assert.equal(await client.message(), `${index}`);
      },
    },
    {
      name: "keepalive: a frame that comes byte by byte is life",
      needs: ["keepalive", "keepaliveBytes"],
      async run(target) {
        const client = await target.open("/keepalive");
        const text = "slow, but here ".repeat(1_000);
        const bytes = encodeFrame({ opcode: opcodes.text, payload: text });
        let at = 0;
        await meanwhile(target, 20, () => client.socket.write(bytes.subarray(at, ++at)));
        client.socket.write(bytes.subarray(at));
        assert.equal(await client.message(), text);
      },
    },
    {
      name: "keepalive: while the handler is behind and reading is paused, the peer is not blamed",
      needs: ["keepalive", "pause"],
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/keepalive/held?key=${key}`);
        const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`);
        client.text(...texts);
        await twoIntervals(target);
        await twoIntervals(target);
        await target.release(key);
        assert.deepEqual(await client.messages(10), texts);
        await echoes(client);
      },
    },
    {
      name: "keepalive: a peer that reads slowly is not dropped because the ping waits behind what it reads",
      needs: ["keepalive", "ping"],
      alone: true,
      async run(target) {
        const client = await target.open("/keepalive/talkative");
        client.socket.pause();
        // In all far less than what waits, which is 64 MiB.
        await meanwhile(target, 50, () => client.socket.readSome(256 * 1024));
        client.socket.resume();
        client.text("still here");
        for (;;) {
          const frame = await client.frame();
          if (frame.opcode === opcodes.ping) continue;
          if (frame.opcode === opcodes.text) {
            assert.equal(frame.payload.toString(), "still here");
            break;
          }
          assert.equal(frame.payload.length, 256 * 1024);
        }
      },
    },
    {
      name: "keepalive: pingIntervalMs 0 turns it off",
      needs: "keepalive",
      async run(target) {
        const client = await target.open("/keepalive/off");
        await twoIntervals(target);
        await echoes(client);
      },
    },
  ],
};
