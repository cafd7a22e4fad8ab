import assert from "node:assert/strict";
import type { Case, Group } from "../case.ts";

const throwing = (where: string, says: string): Case => ({
  name: `throw: ${where} closes with 1011 and an empty reason, and error hears of it`,
  async run(target) {
    const key = target.newKey();
    const client = await target.open(`/throw/${where}?key=${key}`);
    if (where.startsWith("message") || where === "error") client.text("go");
    assert.deepEqual(await client.endedByServer(says), { code: 1011, reason: "", tcp: "fin" });
    const notes = await target.notes(key, 1, "close");
    assert.deepEqual(
      notes.map(({ event }) => event),
      ["open", "error", "close"],
    );
    assert.deepEqual(notes[1], { event: "error", message: "secret-detail", connection: true });
    const { code, reason, wasClean } = notes[2];
    assert.deepEqual([code, reason], [1011, ""]);
    if (target.can("closeReply")) assert.equal(wasClean, true);
    const other = await target.open("/echo");
    other.text("still up");
    assert.equal(await other.message(), "still up");
  },
});

const closeThrows = (where: string): Case => ({
  name: `throw: ${where} changes nothing`,
  async run(target) {
    const key = target.newKey();
    const client = await target.open(`/throw/${where}?key=${key}`);
    client.text("go");
    assert.deepEqual(await client.endedByServer(), { code: 4000, reason: "", tcp: "fin" });
    await target.notes(key, 1, "close");
    const other = await target.open("/echo");
    other.text("still up");
    assert.equal(await other.message(), "still up");
    const notes = await target.notes(key, 1, "close");
    assert.deepEqual(
      notes.map(({ event }) => event),
      ["open", "close"],
    );
  },
});

export const order: Group = {
  title: "order, and handlers that throw",
  cases: [
    {
      name: "order: messages that come while open awaits are delivered after it, in order",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/order/open?key=${key}`);
        const texts = Array.from({ length: 50 }, (_, i) => `early ${i}`);
        client.text(...texts);
        await target.notes(key, 1, "open");
        await target.release(key);
        assert.deepEqual(await client.messages(51), ["opened", ...texts]);
      },
    },
    {
      name: "order: a close that comes while open awaits is told after it, and after the messages before it",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/order/open?key=${key}`);
        client.text("early");
        client.close(4000, "early too");
        await target.notes(key, 1, "open");
        await target.release(key);
        const notes = await target.notes(key, 1, "close");
        assert.deepEqual(
          notes.map(({ event }) => event),
          ["open", "close"],
        );
        assert.deepEqual([notes[1].code, notes[1].reason], [4000, "early too"]);
      },
    },
    {
      name: "order: an async message is awaited before the next (100 in one write)",
      async run(target) {
        const client = await target.open("/order/messages");
        const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
        client.text(...texts);
        assert.deepEqual(
          await client.messages(100),
          texts.map((text, i) => `${i}:${text}`),
        );
      },
    },
    {
      name: "order: 100 messages, one write each, to an async handler",
      async run(target) {
        const client = await target.open("/order/messages");
        const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
        for (const text of texts) client.text(text);
        assert.deepEqual(
          await client.messages(100),
          texts.map((text, i) => `${i}:${text}`),
        );
      },
    },
    {
      name: "order: three messages of 256 KiB that come while a handler waits are delivered",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/order/open?key=${key}`);
        const texts = ["a", "b", "c"].map((letter) => letter.repeat(256 * 1024));
        client.text(...texts);
        await target.notes(key, 1, "open");
        await target.release(key);
        const [opened, ...echoes] = await client.messages(4);
        assert.equal(opened, "opened");
        assert.ok(echoes.every((text, i) => text === texts[i]));
      },
    },
    {
      name: "order: 1,000 messages to a handler that waits: reading pauses above the queue's bounds",
      needs: "pause",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/order/open?key=${key}`);
        const texts = Array.from({ length: 1_000 }, (_, i) => `early ${i} ${".".repeat(1_000)}`);
        for (const text of texts) client.text(text);
        await target.notes(key, 1, "open");
        await target.release(key);
        assert.deepEqual(await client.messages(1_001), ["opened", ...texts]);
      },
      async otherwise(target) {
        const key = target.newKey();
        const client = await target.open(`/order/open?key=${key}`);
        client.text(...Array.from({ length: 2_000 }, (_, i) => `early ${i}`));
        assert.equal((await client.endedByServer("the close of a full queue")).code, 1013);
        await target.release(key);
        const end = (await target.notes(key, 1, "close")).at(-1);
        assert.equal(end?.code, 1013);
        if (target.can("closeReply")) assert.equal(end?.wasClean, true);
      },
    },
    {
      name: "order: close is called after the message that runs, and after those before the close frame",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/order/last?key=${key}`);
        client.text("one", "two");
        client.close(1000);
        await target.notes(key, 1, "message");
        await target.release(key);
        const notes = await target.notes(key, 1, "close");
        const events = notes.map(({ event, data }) => (data === undefined ? event : `${event} ${data}`));
        assert.deepEqual(events, ["open", "message one", "done one", "message two", "done two", "close"]);
      },
    },
    {
      name: "signal: aborts while a handler runs, when the peer is gone",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/signal?key=${key}`);
        client.text("wait for my end");
        await target.notes(key, 1, "waiting");
        client.socket.reset();
        const notes = await target.notes(key, 1, "close");
        assert.deepEqual(
          notes.map(({ event }) => event),
          ["open", "waiting", "aborted", "close"],
        );
        assert.equal(notes[3].code, 1006);
      },
    },
    {
      name: "signal: aborts while a handler runs, when the peer has closed",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/signal?key=${key}`);
        client.text("wait for my end");
        await target.notes(key, 1, "waiting");
        client.close(4001, "bye");
        assert.equal((await client.ended()).code, 4001);
        const notes = await target.notes(key, 1, "close");
        assert.deepEqual(
          notes.map(({ event }) => event),
          ["open", "waiting", "aborted", "close"],
        );
        assert.equal(notes[3].code, 4001);
      },
    },
    {
      name: "throw: what came behind the message that throws is not delivered, and the close frame is sent",
      async run(target) {
        for (const where of ["message-sync", "message-async"]) {
          const key = target.newKey();
          const client = await target.open(`/throw/${where}?key=${key}`);
          client.text("go", "never delivered", "nor this");
          assert.equal((await client.endedByServer()).code, 1011);
          const notes = await target.notes(key, 1, "close");
          assert.deepEqual(
            notes.map(({ event }) => event),
            ["open", "error", "close"],
          );
        }
      },
    },
    throwing("message-sync", "the close after a throw"),
    throwing("message-async", "the close after a rejection"),
    throwing("open-sync", "the close after a throw in open"),
    throwing("open-async", "the close after a rejection in open"),
    throwing("error", "the close after a throw in message, and in error"),
    closeThrows("close-sync"),
    closeThrows("close-async"),
  ],
};
