import assert from "node:assert/strict";
import type { RawClient } from "../../support/raw-client.ts";
import type { Target } from "../../support/target.ts";
import type { Group } from "../case.ts";

async function tell(client: RawClient, command: string): Promise<void> {
  client.text(command);
  assert.equal(await client.message(`the answer to ${command}`), "ok");
}

async function members(target: Target, topic: string, count: number): Promise<RawClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => target.open("/topics")));
  for (const client of clients) await tell(client, `join:${topic}`);
  return clients;
}

async function refusesTopics(target: Target): Promise<void> {
  const client = await target.open("/topics");
  client.text("join:any");
  assert.equal(await client.message(), "error:CAPABILITY");
}

export const topics: Group = {
  title: "topics and fan-out",
  cases: [
    {
      name: "topics: a message reaches each subscriber, the sender too",
      needs: "topics",
      otherwise: refusesTopics,
      async run(target) {
        const topic = target.newKey();
        const [a, b, c] = await members(target, topic, 3);
        const outsider = (await members(target, target.newKey(), 1))[0];
        a.text(`say:${topic}:hello €`);
        assert.deepEqual(await a.messages(2), ["hello €", "ok"]);
        assert.equal(await b.message(), "hello €");
        assert.equal(await c.message(), "hello €");
        await tell(outsider, "say:nothing:before this");
      },
    },
    {
      name: "topics: publish may leave out one connection",
      needs: "topics",
      async run(target) {
        const topic = target.newKey();
        const [a, b] = await members(target, topic, 2);
        await tell(a, `others:${topic}:not to me`);
        assert.equal(await b.message(), "not to me");
      },
    },
    {
      name: "topics: binary data",
      needs: "topics",
      async run(target) {
        const topic = target.newKey();
        const [a, b] = await members(target, topic, 2);
        a.text(`bytes:${topic}:abc`);
        assert.deepEqual(await b.message(), new TextEncoder().encode("abc"));
        assert.deepEqual(await a.message(), new TextEncoder().encode("abc"));
      },
    },
    {
      name: "topics: who has left, or has joined twice, hears a message no more, or once",
      needs: "topics",
      async run(target) {
        const topic = target.newKey();
        const [a, b] = await members(target, topic, 2);
        await tell(a, `join:${topic}`);
        await tell(b, `leave:${topic}`);
        a.text(`say:${topic}:once`);
        assert.deepEqual(await a.messages(2), ["once", "ok"]);
        await tell(b, "leave:where I never was");
      },
    },
    {
      name: "topics: who is gone is forgotten, however it went",
      needs: "topics",
      async run(target) {
        const topic = target.newKey();
        const keys = [target.newKey(), target.newKey()];
        const [a, b] = await Promise.all(keys.map((key) => target.open(`/topics?key=${key}`)));
        await tell(a, `join:${topic}`);
        await tell(b, `join:${topic}`);
        a.close(1000);
        b.socket.reset();
        for (const key of keys) await target.notes(key, 1, "close");
        const answer = await target.http(`/publish?topic=${topic}&data=anyone`);
        assert.equal(answer.body.toString(), "0");
      },
    },
    {
      name: "topics: publish from an HTTP request",
      needs: "topics",
      async run(target) {
        const topic = target.newKey();
        const clients = await members(target, topic, 3);
        const answer = await target.http(`/publish?topic=${topic}&data=from+outside`);
        assert.equal(answer.body.toString(), "3");
        for (const client of clients) assert.equal(await client.message(), "from outside");
      },
    },
    {
      name: "fan-out: 100 connections each get 100 messages of one, in order",
      alone: true,
      async run(target) {
        const clients = await Promise.all(Array.from({ length: 100 }, () => target.open("/fan")));
        // Each is heard by all before the burst: then all are in.
        for (const [i, client] of clients.entries()) client.text(`ready ${i}`);
        for (const client of clients) {
          const seen = new Set<unknown>();
          while (seen.size < clients.length) seen.add(await client.message("that all are ready"));
        }
        const texts = Array.from({ length: 100 }, (_, i) => `burst ${i}`);
        clients[0].text(...texts);
        for (const client of clients) assert.deepEqual(await client.messages(100), texts);
      },
    },
    {
      name: "fan-out: binary data",
      alone: true,
      async run(target) {
        const client = await target.open("/fan");
        client.binary(Uint8Array.of(1, 2, 3));
        assert.deepEqual(await client.message(), Uint8Array.of(1, 2, 3));
      },
    },
  ],
};
