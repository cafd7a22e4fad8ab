import assert from "node:assert/strict";
import { join, roomPath as path, seesNothingMore } from "../../support/room-client.ts";
import type { Case, Group } from "../case.ts";

const throwing = (verb: string): Case => ({
  name: `rooms: a turn that throws (${verb}) closes only its member with 1011, and does nothing else`,
  async run(target) {
    const room = target.newKey();
    const key = target.newKey();
    const ann = await join(target, room, "ann");
    const bob = await join(target, room, "bob", key);
    assert.equal(await ann.message(), "+bob");
    ann.text("count");
    bob.text("count", verb);
    assert.deepEqual(await bob.endedByServer(), { code: 1011, reason: "", tcp: "fin" });
    assert.equal(await ann.message(), "-bob");
    const [, close] = await target.notes(key, 2);
    assert.deepEqual([close.code, close.reason, close.size], [1011, "", 1]);
    if (target.can("closeReply")) assert.equal(close.wasClean, true);
    ann.text("name", "count", "name");
    assert.deepEqual(await ann.messages(2), ["ann has said 1", "ann has said 2"]);
    const again = await join(target, room, "bob");
    assert.equal(await ann.message(), "+bob");
    await seesNothingMore(again, ann);
  },
});

export const roomTurns: Group = {
  title: "turns of rooms",
  cases: [
    {
      name: "rooms: a member's state is kept from turn to turn",
      async run(target) {
        const ann = await join(target, target.newKey(), "ann");
        ann.text("count", "count", "name");
        assert.equal(await ann.message(), "ann has said 2");
      },
    },
    {
      name: "rooms: onConnect that throws is 500, without its message; nobody hears of it",
      async run(target) {
        const room = target.newKey();
        const ann = await join(target, room, "ann");
        const answer = await target.refused(`${path(room, "eve")}&refuse=throw`);
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.body.toString(), /secret-detail|\.ts/);
        ann.text("who");
        assert.equal(await ann.message(), "ann");
      },
    },
    throwing("throw"),
    throwing("throw-later"),
    {
      name: "rooms: turns come one at a time, whoever sends",
      async run(target) {
        const room = target.newKey();
        const clients = [];
        for (let i = 0; i < 10; i++) clients.push(await join(target, room, `m${i}`, undefined, "&quiet=1"));
        for (const client of clients) client.text(...Array.from({ length: 10 }, () => "turn"));
        const all = (await Promise.all(clients.map((client) => client.messages(10)))).flat();
        const numbers = all.map((text) => Number(String(text).slice("turn ".length))).sort((a, b) => a - b);
        assert.deepEqual(
          numbers,
          Array.from({ length: 100 }, (_, i) => i + 1),
        );
      },
    },
    {
      name: "rooms: messages that come while onConnect awaits are handled after it",
      async run(target) {
        const room = target.newKey();
        const client = await target.open(`${path(room, "ann")}&slow=1`);
        client.text("who");
        assert.deepEqual(await client.messages(2), [`welcome to ${room}, ann`, "ann"]);
      },
    },
    {
      name: "rooms: onRequest that throws is 500, without its message",
      async run(target) {
        const room = target.newKey();
        const ann = await join(target, room, "ann");
        const answer = await target.http(`/room/${room}?say=throw`);
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.body.toString(), /secret-detail|\.ts/);
        ann.text("who");
        assert.equal(await ann.message(), "ann");
      },
    },
    {
      name: "rooms: effects outside a turn throw ROOM_NO_TURN",
      async run(target) {
        const key = target.newKey();
        const ann = await join(target, target.newKey(), "ann", key);
        ann.text("outside");
        const notes = await target.notes(key, 3, "outside");
        assert.deepEqual(
          notes.filter(({ event }) => event === "outside").map(({ code }) => code),
          ["ROOM_NO_TURN", "ROOM_NO_TURN", "ROOM_NO_TURN"],
        );
      },
    },
  ],
};
