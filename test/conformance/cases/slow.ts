import assert from "node:assert/strict";
import { opcodes } from "../../support/raw-frames.ts";
import type { Note, Target } from "../../support/target.ts";
import type { Group } from "../case.ts";

async function fill(target: Target, path: string, command = "go") {
  const key = target.newKey();
  const client = await target.open(`${path}?key=${key}`);
  client.socket.pause();
  client.text(command);
  const note = (await target.notes(key, 1, "sent")).at(-1) as Note;
  return { key, client, note };
}

const numberOf = (text: string | Uint8Array): number => Number.parseInt(String(text), 10);

export const slow: Group = {
  title: "slow consumers",
  cases: [
    {
      name: "slow consumer: drop leaves out what does not fit, counts it, and keeps the connection",
      needs: "backpressure",
      alone: true,
      async run(target) {
        const { client } = await fill(target, "/slow/drop");
        client.socket.resume();
        client.text("how many?");
        const numbers: number[] = [];
        for (;;) {
          const text = String(await client.message());
          if (text.startsWith("dropped ")) {
            assert.equal(text, `dropped ${2_000 - numbers.length}`);
            break;
          }
          numbers.push(numberOf(text));
        }
        assert.ok(numbers.length < 1_000, `${numbers.length} chunks of 64 KiB were kept`);
        assert.deepEqual(
          numbers,
          [...numbers].sort((a, b) => a - b),
        );
        client.text("and now?");
        assert.equal(await client.message(), `dropped ${2_000 - numbers.length}`);
      },
    },
    {
      name: "slow consumer: latest sends the newest message of each key once there is room",
      needs: "backpressure",
      alone: true,
      async run(target) {
        const { client, note } = await fill(target, "/slow/latest");
        assert.ok((note.buffered as number) < 2 * 1024 * 1024, `${note.buffered} bytes wait`);
        client.socket.resume();
        for (let index = 0; index < (note.filled as number); index++) {
          assert.equal(numberOf(await client.message()), index);
        }
        await client.message("what filled it up");
        const last: Record<string, number> = {};
        while (Object.values(last).filter((state) => state === 99).length < 3) {
          const text = String(await client.message("a state"));
          const key = text.slice(-1);
          assert.ok(numberOf(text) > (last[key] ?? -1), `${key} went back to ${numberOf(text)}`);
          last[key] = numberOf(text);
        }
      },
    },
    {
      name: "slow consumer: latest closes with 1013 where a message without a key does not fit",
      needs: "backpressure",
      alone: true,
      async run(target) {
        const { key } = await fill(target, "/slow/latest", "more");
        const end = (await target.notes(key, 1, "close")).at(-1);
        assert.equal(end?.code, 1013);
      },
    },
    {
      name: "control frames: while output is backed up, only the latest pong is kept",
      needs: "pongBound",
      alone: true,
      async run(target) {
        const { client } = await fill(target, "/slow/pongs");
        const count = 5_000;
        client.send(...Array.from({ length: count }, (_, i) => ({ opcode: opcodes.ping, payload: `${i}` })));
        client.text("the last");
        // The echo waits behind what waits; the pong behind it.
        const key = target.newKey();
        const other = await target.open(`/echo?key=${key}`);
        other.text("the server has read the pings, as it was given them before");
        await other.message();
        client.socket.resume();
        const pongs: string[] = [];
        let isEchoed = false;
        while (!isEchoed || pongs.at(-1) !== `${count - 1}`) {
          const { opcode, payload } = await client.frame();
          if (opcode === opcodes.pong) pongs.push(payload.toString());
          else if (opcode === opcodes.text) isEchoed = true;
        }
        assert.ok(pongs.length < count / 2, `${pongs.length} pongs were kept`);
      },
    },
  ],
};
