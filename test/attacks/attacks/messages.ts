import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { constants, deflateRawSync } from "node:zlib";
import type { Arena } from "../arena.ts";
import type { Attack } from "../attack.ts";
import { usualBounds } from "../bounds.ts";
import { frame, opcodes, repeated } from "../frames.ts";
import type { Stranger } from "../stranger.ts";

/** Writes the same bytes until the server has had enough, or the time is over. */
async function flood(arena: Arena, stranger: Stranger, bytes: Uint8Array): Promise<void> {
  while (!stranger.ended && !arena.isOver) {
    await stranger.write(bytes);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  stranger.drop();
}

/** Each attacker opens a WebSocket and floods it, and comes again when it was thrown out. */
function flooding(bytes: Uint8Array, path = "/echo"): (arena: Arena) => Promise<void> {
  return (arena) =>
    arena.swarm(async () => {
      const stranger = await arena.open({ path });
      if (stranger !== undefined) await flood(arena, stranger, bytes);
    });
}

/** Each attacker begins a message and goes on with it. */
function endlessMessage(fragmentBytes: number, atOnce: number): (arena: Arena) => Promise<void> {
  const payload = new Uint8Array(fragmentBytes);
  const first = frame({ opcode: opcodes.binary, fin: false, payload });
  const more = repeated({ opcode: opcodes.continuation, fin: false, payload }, atOnce);
  return (arena) =>
    arena.swarm(async () => {
      const stranger = await arena.open();
      if (stranger === undefined) return;
      await stranger.write(first);
      await flood(arena, stranger, more);
    });
}

const BOMB_BYTES = 16 * 1024 * 1024;

/** 16 MiB of zeros in about 16 KiB (RFC 7692 7.2.1). */
const bomb: Buffer = deflateRawSync(Buffer.alloc(BOMB_BYTES), {
  finishFlush: constants.Z_SYNC_FLUSH,
}).subarray(0, -4);

/** Attacks by one who was let in. */
export const messageAttacks: readonly Attack[] = [
  {
    name: "messages of one byte, as many as go through",
    needs: ["pause"],
    run: flooding(repeated({ opcode: opcodes.text, payload: "x" }, 2_000)),
    check({ refused, closed }) {
      assert.ok(refused("message-rate") > 0, "nobody was too fast");
      assert.ok(closed(1008) > 0, "nobody was closed with 1008");
    },
  },
  {
    name: "frames that come byte by byte",
    async run(arena) {
      const bytes = frame({ opcode: opcodes.binary, payload: randomBytes(200) });
      await arena.swarm(async () => {
        const stranger = await arena.open();
        while (stranger !== undefined && !stranger.ended && !arena.isOver) {
          for (const byte of bytes) {
            await stranger.write(Uint8Array.of(byte));
            await sleep(1);
          }
        }
      });
    },
    check({ arena }) {
      assert.ok(arena.answered(101) >= arena.attackers);
    },
  },
  {
    name: "a message whose tiny fragments never end",
    needs: ["fragmentLimit"],
    run: endlessMessage(16, 1_000),
    check({ closed, refused }) {
      assert.ok(closed(1008) > 0, "nobody was closed for it");
      assert.ok(refused("fragments") > 0, "no refusal was counted");
    },
  },
  {
    name: "a message whose large fragments never end",
    needs: ["pause"],
    run: endlessMessage(64 * 1024, 8),
    check({ closed }) {
      assert.ok(closed(1009) > 0, "nobody was closed for it");
    },
  },
  {
    name: "pings whose pongs are not read",
    needs: ["pause"],
    async run(arena) {
      const bytes = repeated({ opcode: opcodes.ping, payload: "x".repeat(125) }, 500);
      await arena.swarm(async () => {
        const stranger = await arena.open();
        if (stranger === undefined) return;
        stranger.socket.pause();
        await flood(arena, stranger, bytes);
      });
    },
    check({ arena }) {
      assert.ok(arena.answered(101) >= arena.attackers);
    },
  },
  {
    name: `a bomb of ${BOMB_BYTES / bomb.length > 900 ? "1,000" : "less"} to 1`,
    needs: ["compression"],
    async run(arena) {
      const bytes = frame({ opcode: opcodes.text, payload: bomb, rsv1: true });
      await arena.swarm(async () => {
        const headers = ["Sec-WebSocket-Extensions: permessage-deflate"];
        const stranger = await arena.open({ path: "/compressed", headers });
        if (stranger === undefined) return;
        await stranger.write(bytes);
        await stranger.closed;
      });
    },
    check({ arena, closed, refused }) {
      assert.ok(
        closed(1009) >= Math.min(arena.attackers, arena.answered(101)),
        "a bomb was not refused with 1009",
      );
      assert.ok(refused("message-bytes") > 0, "no refusal was counted");
    },
  },
  {
    name: "clients that ask for much and read nothing",
    needs: ["backpressure"],
    async run(arena) {
      const ask = frame({ opcode: opcodes.text, payload: "pour" });
      await arena.swarm(async () => {
        const stranger = await arena.open({ path: "/pouring" });
        if (stranger === undefined) return;
        stranger.socket.pause();
        while (!stranger.ended && !arena.isOver) {
          await stranger.write(ask);
          await sleep(5);
        }
        stranger.drop();
      });
    },
    check({ refused, closed }) {
      assert.ok(refused("slow-consumer") > 0, "nobody was too slow");
      assert.ok(closed(1013) > 0, "nobody was closed with 1013");
    },
  },
  {
    name: "clients that do not answer a close frame",
    connectionsEach: 1,
    async run(arena) {
      await arena.swarm(async () => {
        const stranger = await arena.open({ path: "/closing" });
        await stranger?.closed;
      });
    },
    check({ arena, closed }) {
      assert.ok(closed(4000) >= arena.attackers, "a connection was not closed");
    },
  },
  {
    name: "clients that end their side and stay",
    async run(arena) {
      await arena.swarm(async () => {
        const stranger = await arena.open();
        stranger?.socket.end();
        await stranger?.closed;
      });
    },
    check({ arena, closed }) {
      assert.ok(closed(1006) >= arena.attackers, "a connection that had ended was kept");
    },
  },
  {
    name: "random bytes in place of frames",
    async run(arena) {
      await arena.swarm(async () => {
        const stranger = await arena.open();
        await stranger?.write(randomBytes(2_048));
        await Promise.race([stranger?.closed, sleep(50)]);
        stranger?.drop();
      });
    },
    check({ arena }) {
      assert.ok(arena.answered(101) >= arena.attackers);
    },
  },
  {
    name: "more messages than a slow handler takes",
    needs: ["pause"],
    run: flooding(repeated({ opcode: opcodes.binary, payload: new Uint8Array(4_000) }, 20), "/slow"),
    check({ closed }) {
      assert.equal(closed(1013), 0, "somebody was closed where reading can pause");
    },
  },
  {
    name: "messages above the limit",
    needs: ["pause"],
    run: flooding(
      frame({ opcode: opcodes.binary, payload: new Uint8Array(usualBounds.maxMessageBytes + 1) }),
    ),
    check({ closed }) {
      assert.ok(closed(1009) > 0, "nobody was closed with 1009");
    },
  },
];
