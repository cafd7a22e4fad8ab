import assert from "node:assert/strict";
import { sameBytes } from "../../support/bytes.ts";
import { join, roomPath as path } from "../../support/room-client.ts";
import type { Group } from "../case.ts";

export const rooms: Group = {
  title: "rooms",
  cases: [
    {
      name: "rooms: joins, messages and leaves reach the members",
      async run(target) {
        const room = target.newKey();
        const key = target.newKey();
        const ann = await join(target, room, "ann");
        const bob = await join(target, room, "bob", key);
        assert.equal(await ann.message(), "+bob");
        bob.text("say:hello €");
        assert.equal(await ann.message(), "bob: hello €");
        assert.equal(await bob.message(), "bob: hello €");
        bob.close(4001, "bye");
        assert.equal((await bob.ended()).code, 4001);
        assert.equal(await ann.message(), "-bob");
        const notes = await target.notes(key, 2);
        assert.deepEqual(notes, [
          { event: "connect" },
          { event: "close", code: 4001, reason: "bye", wasClean: true, size: 1 },
        ]);
      },
    },
    {
      name: "rooms: broadcast may leave out a member",
      async run(target) {
        const room = target.newKey();
        const ann = await join(target, room, "ann");
        const bob = await join(target, room, "bob");
        assert.equal(await ann.message(), "+bob");
        bob.text("others:not to me", "reply:mine");
        assert.equal(await ann.message(), "bob: not to me");
        assert.equal(await bob.message(), "mine");
      },
    },
    {
      name: "rooms: binary data is broadcast as it came",
      async run(target) {
        const ann = await join(target, target.newKey(), "ann");
        const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i & 255);
        ann.binary(bytes);
        sameBytes(await ann.message(), bytes);
      },
    },
    {
      name: "rooms: rooms of other names hear nothing",
      async run(target) {
        const ann = await join(target, target.newKey(), "ann");
        const bob = await join(target, target.newKey(), "bob");
        bob.text("say:alone", "who");
        assert.deepEqual(await bob.messages(2), ["bob: alone", "bob"]);
        ann.text("who");
        assert.equal(await ann.message(), "ann");
      },
    },
    {
      name: "rooms: a name may have any characters",
      async run(target) {
        const name = `ñ €/😀?#%20 ${target.newKey()}`;
        const client = await target.open(path(name, "ann"));
        assert.equal(await client.message(), `welcome to ${name}, ann`);
      },
    },
    {
      name: "rooms: members are listed in the order in which they came",
      async run(target) {
        const room = target.newKey();
        const ann = await join(target, room, "ann");
        for (const name of ["bob", "cat", "dan"]) {
          await join(target, room, name);
          assert.equal(await ann.message(), `+${name}`);
        }
        ann.text("who");
        assert.equal(await ann.message(), "ann,bob,cat,dan");
      },
    },
    {
      name: "rooms: onConnect refuses with a Response, which arrives whole; nobody hears of it",
      async run(target) {
        const room = target.newKey();
        const key = target.newKey();
        const ann = await join(target, room, "ann");
        const answer = await target.refused(`${path(room, "eve", key)}&refuse=100000`);
        assert.equal(answer.status, 403);
        assert.equal(answer.header("x-reason"), "full");
        assert.equal(answer.body.toString(), "x".repeat(100_000));
        ann.text("who");
        assert.equal(await ann.message(), "ann");
        assert.deepEqual(
          (await target.notes(key, 1)).map(({ event }) => event),
          ["connect"],
        );
      },
    },
    {
      name: "rooms: plain HTTP is onRequest's, in a turn of its own",
      async run(target) {
        const room = target.newKey();
        const ann = await join(target, room, "ann");
        const answer = await target.http(`/room/${room}?say=from+http`, "POST");
        assert.equal(answer.status, 203);
        assert.equal(answer.header("x-room"), room);
        const body = JSON.parse(answer.body.toString());
        assert.deepEqual(body, { room, method: "POST", names: ["ann"], started: 1, turns: 0 });
        assert.equal(await ann.message(), "from http");
      },
    },
    {
      name: "rooms: a plain GET of a room without onRequest is 426",
      async run(target) {
        const answer = await target.http("/fan-room");
        assert.equal(answer.status, 426);
        assert.equal(answer.header("sec-websocket-version"), "13, 8");
      },
    },
    {
      name: "rooms: a foreign origin is 403, a bad key 400",
      async run(target) {
        const room = path(target.newKey(), "eve");
        const foreign = await target.refused({ path: room, replace: { origin: "https://evil.example" } });
        assert.equal(foreign.status, 403);
        assert.equal(
          (await target.refused({ path: room, replace: { "sec-websocket-key": "short" } })).status,
          400,
        );
      },
    },
    {
      name: "rooms: an offer of permessage-deflate is not taken, since compression is off",
      needs: "compressionChoice",
      async run(target) {
        const offer = ["sec-websocket-extensions", "permessage-deflate"] as const;
        const { answer } = await target.openWithAnswer({
          path: path(target.newKey(), "ann"),
          headers: [offer],
        });
        assert.equal(answer.header("sec-websocket-extensions"), null);
      },
    },
    {
      name: "rooms: a member closes another, and itself after its last words",
      async run(target) {
        const room = target.newKey();
        const ann = await join(target, room, "ann");
        const bob = await join(target, room, "bob");
        assert.equal(await ann.message(), "+bob");
        ann.text("kick:bob");
        assert.deepEqual(await bob.endedByServer(), { code: 4000, reason: "kicked", tcp: "fin" });
        assert.equal(await ann.message(), "-bob");
        ann.text("bad-close");
        assert.equal(await ann.message(), "INVALID_CLOSE");
        ann.text("leave");
        assert.equal(await ann.message(), "last words");
        assert.deepEqual(await ann.endedByServer(), { code: 4001, reason: "left", tcp: "fin" });
      },
    },
    {
      name: "rooms: a member that is reset leaves with 1006",
      async run(target) {
        const room = target.newKey();
        const key = target.newKey();
        const ann = await join(target, room, "ann");
        const bob = await join(target, room, "bob", key);
        assert.equal(await ann.message(), "+bob");
        bob.socket.reset();
        assert.equal(await ann.message(), "-bob");
        const [, close] = await target.notes(key, 2);
        assert.deepEqual(close, { event: "close", code: 1006, reason: "", wasClean: false, size: 1 });
      },
    },
    {
      name: "rooms: a message over maxMessageBytes closes its member with 1009",
      async run(target) {
        const ann = await join(target, target.newKey(), "ann");
        ann.binary(new Uint8Array(1024 * 1024 + 1));
        assert.equal((await ann.endedByServer()).code, 1009);
      },
    },
    {
      name: "rooms: 100 members that join in parallel all hear one message, once",
      alone: true,
      async run(target) {
        const room = target.newKey();
        const names = Array.from({ length: 100 }, (_, i) => `m${i}`);
        const clients = await Promise.all(names.map((name) => target.open(`${path(room, name)}&quiet=1`)));
        clients[0].text("say:all of you", "who");
        const [said, who] = await clients[0].messages(2);
        assert.equal(said, "m0: all of you");
        assert.deepEqual(String(who).split(",").sort(), names.sort());
        for (const client of clients.slice(1)) assert.equal(await client.message(), "m0: all of you");
        for (const client of clients) client.close(1000);
        await Promise.all(
          clients.map((client) =>
            client.socket.wait(
              () => client.socket.end,
              () => "awaited the end",
            ),
          ),
        );
      },
    },
  ],
};
