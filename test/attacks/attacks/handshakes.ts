import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Attack } from "../attack.ts";
import { upgradeHead } from "../stranger.ts";

const CROWD = 5_000;
const CROWD_AT_ONCE = 200;
/** Connections that one attacker leaves at a time, and for how long at most. */
const LEFT_EACH = 20;
const LEFT_MS = 1_000;

/** Attacks before there is a WebSocket. */
export const handshakeAttacks: readonly Attack[] = [
  {
    name: "headers that come byte by byte, and never to an end",
    async run(arena) {
      await arena.swarm(async () => {
        const stranger = arena.connect();
        const head = upgradeHead(arena.port).slice(0, -4);
        for (const byte of head) {
          if (stranger.ended || arena.isOver) break;
          await stranger.write(byte);
          await sleep(5);
        }
        while (!stranger.ended && !arena.isOver) {
          await stranger.write("X-More: 1\r\n");
          await sleep(20);
        }
        if (!arena.isOver) arena.note(stranger.status ?? "none");
        stranger.drop();
      });
    },
    check({ arena, lacks }) {
      assert.equal(arena.answered(101), 0);
      if (lacks("handshakeTime")) return;
      assert.ok(arena.answered(408) + arena.answered("none") >= arena.attackers, "some were let go on");
    },
  },
  {
    name: "handshakes that are begun and left",
    connectionsEach: LEFT_EACH,
    async run(arena) {
      const half = upgradeHead(arena.port).slice(0, 40);
      await arena.swarm(async () => {
        const strangers = Array.from({ length: LEFT_EACH }, () => arena.connect());
        for (const [index, stranger] of strangers.entries()) if (index % 2 === 0) void stranger.write(half);
        await Promise.race([Promise.all(strangers.map(({ closed }) => closed)), sleep(LEFT_MS)]);
        for (const stranger of strangers) stranger.drop();
      });
    },
    check({ arena, counts }) {
      assert.equal(arena.answered(101), 0);
      assert.equal(counts.handshakes, 0, "a handshake was never let go");
    },
  },
  {
    name: "64 KiB of headers",
    async run(arena) {
      const headers = Array.from({ length: 64 }, (_, index) => `X-${index}: ${"x".repeat(1_000)}`);
      await arena.swarm(async () => void (await arena.open({ headers })));
    },
    check({ arena }) {
      assert.equal(arena.answered(101), 0);
      assert.ok(arena.answered(431) > 0, "nobody was answered 431");
    },
  },
  {
    name: "random bytes in place of HTTP",
    async run(arena) {
      await arena.swarm(async () => {
        const stranger = arena.connect();
        await stranger.write(randomBytes(4_096));
        await Promise.race([stranger.closed, sleep(50)]);
        arena.note(stranger.status ?? "none");
        stranger.drop();
      });
    },
    check({ arena }) {
      assert.equal(arena.answered(101), 0);
    },
  },
  {
    name: "pages of foreign and null origins",
    async run(arena) {
      const origins = ["https://evil.example", "null", "http://127.0.0.1.evil.example"];
      await arena.swarm(async (index) => {
        await arena.open({ headers: [`Origin: ${origins[index % origins.length]}`] });
      });
    },
    check({ arena, refused }) {
      assert.equal(arena.answered(101), 0);
      assert.ok(arena.answered(403) >= arena.attackers);
      assert.ok(refused("origin") >= arena.answered(403), "a refusal was not counted");
    },
  },
  {
    name: `${CROWD} connections from one address`,
    connectionsEach: 300,
    needs: ["connectionCounts"],
    async run(arena) {
      for (let begun = 0; begun < CROWD && !arena.isOver; begun += CROWD_AT_ONCE) {
        await Promise.all(
          Array.from({ length: CROWD_AT_ONCE }, async () => {
            await arena.open();
          }),
        );
      }
    },
    check({ arena, refused }) {
      const [let_in, refusals] = [arena.answered(101), arena.answered(503)];
      assert.ok(let_in > 0 && let_in <= 300, `${let_in} were let in`);
      assert.ok(refusals > 0);
      assert.ok(refused("address") + refused("connections") + refused("handshakes") >= refusals);
    },
  },
  {
    name: "connections that are reset at every stage",
    async run(arena) {
      await arena.swarm(async (index) => {
        const stranger = arena.connect();
        if (index % 3 === 0) void stranger.write(upgradeHead(arena.port).slice(0, 60));
        else await stranger.open(arena.port);
        if (index % 3 === 2) void stranger.write(randomBytes(3));
        stranger.reset();
        await stranger.closed;
      });
    },
    check({ counts }) {
      assert.equal(counts.handshakes, 0, "a handshake was never let go");
    },
  },
];
