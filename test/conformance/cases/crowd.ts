import assert from "node:assert/strict";
import type { Group } from "../case.ts";

const many = 1_000;

export const crowd: Group = {
  title: "many at once",
  cases: [
    {
      name: "crowd: 1,000 connections at once all get their echo, then each is closed exactly once",
      alone: true,
      async run(target) {
        const key = target.newKey();
        const clients = await Promise.all(
          Array.from({ length: many }, () => target.open(`/echo?key=${key}`)),
        );
        for (const [i, client] of clients.entries()) client.text(`I am ${i}`);
        for (const [i, client] of clients.entries()) assert.equal(await client.message(), `I am ${i}`);
        for (const [i, client] of clients.entries()) client.close(4000 + (i % 1000));
        const ends = await Promise.all(clients.map((client) => client.ended()));
        assert.deepEqual(
          ends.map(({ code }) => code),
          clients.map((_, i) => 4000 + (i % 1000)),
        );
        await target.notes(key, many, "close");
        const after = await target.open("/echo");
        after.text("after the crowd");
        assert.equal(await after.message(), "after the crowd");
        const closes = (await target.notes(key, many, "close")).filter(({ event }) => event === "close");
        const codes = closes.map(({ code }) => code as number).sort((a, b) => a - b);
        assert.deepEqual(
          codes,
          clients.map((_, i) => 4000 + (i % 1000)),
        );
        assert.ok(closes.every(({ wasClean }) => wasClean));
      },
    },
    {
      name: "crowd: 200 connections that are reset in the middle of things, each closed exactly once",
      alone: true,
      async run(target) {
        const key = target.newKey();
        const clients = await Promise.all(Array.from({ length: 200 }, () => target.open(`/echo?key=${key}`)));
        for (const client of clients) {
          client.text("going");
          client.socket.write(Buffer.from("82fe7fff0102", "hex"));
        }
        for (const client of clients) assert.equal(await client.message(), "going");
        for (const client of clients) client.socket.reset();
        await target.notes(key, 200, "close");
        const after = await target.open("/echo");
        after.text("after the crowd");
        assert.equal(await after.message(), "after the crowd");
        const closes = (await target.notes(key, 200, "close")).filter(({ event }) => event === "close");
        assert.equal(closes.length, 200);
        assert.ok(
          closes.every(({ code, wasClean }) => code === 1006 && !wasClean),
          JSON.stringify(closes.slice(0, 3)),
        );
      },
    },
  ],
};
