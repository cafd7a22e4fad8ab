import assert from "node:assert/strict";
import type { RawClient } from "../../support/raw-client.ts";
import { join, roomPath, seesNothingMore } from "../../support/room-client.ts";
import { ScriptClient } from "../../support/script-client.ts";
import type { Case, Group } from "../case.ts";

const ways = ["evict", "hibernate"] as const;

const cases: readonly Case[] = ways.flatMap((how): Case[] => [
  {
    name: `hibernation: members stay connected, with their state, in their order, and hear what is said (${how})`,
    async run(target) {
      const room = target.newKey();
      const ann = await join(target, room, "ann");
      const bob = await join(target, room, "bob");
      assert.equal(await ann.message(), "+bob");
      bob.text("count", "count", "name");
      assert.equal(await bob.message(), "bob has said 2");
      await target.hibernate("Kernel", room, how);
      bob.text("count", "name", "who", "say:still here");
      assert.deepEqual(await bob.messages(3), ["bob has said 3", "ann,bob", "bob: still here"]);
      assert.equal(await ann.message(), "bob: still here");
      const cat = await join(target, room, "cat");
      for (const one of [ann, bob]) assert.equal(await one.message(), "+cat");
      cat.text("who");
      assert.equal(await cat.message(), "ann,bob,cat");
      await seesNothingMore(ann, bob, cat);
    },
  },
  {
    name: `hibernation: a member that leaves wakes the room, which knows its state and how it left (${how})`,
    async run(target) {
      const room = target.newKey();
      const [annsKey, bobsKey] = [target.newKey(), target.newKey()];
      const ann = await join(target, room, "ann", annsKey);
      const bob = await join(target, room, "bob", bobsKey);
      assert.equal(await ann.message(), "+bob");
      await target.hibernate("Kernel", room, how);
      bob.close(4001, "bye");
      assert.equal((await bob.ended()).code, 4001);
      assert.equal(await ann.message(), "-bob");
      await target.hibernate("Kernel", room, how);
      ann.socket.reset();
      assert.deepEqual((await target.notes(bobsKey, 1, "close")).at(-1), {
        event: "close",
        ...{ code: 4001, reason: "bye", wasClean: true, size: 1 },
      });
      assert.deepEqual((await target.notes(annsKey, 1, "close")).at(-1), {
        event: "close",
        ...{ code: 1006, reason: "", wasClean: false, size: 0 },
      });
    },
  },
  {
    name: `hibernation: fields are lost and onStart comes again, storage is kept (${how})`,
    async run(target) {
      const room = target.newKey();
      const client = await ScriptClient.join(target, "script", room);
      assert.deepEqual(await client.run(["put", "a", 1], ["tally"]), [null, 1]);
      await target.hibernate("Script", room, how);
      assert.deepEqual(await client.run(["get", "a"], ["tally"]), [1, 1]);
    },
  },
  {
    name: `hibernation: a hundred members all hear what a request makes the room say (${how})`,
    alone: true,
    async run(target) {
      const room = target.newKey();
      const names = Array.from({ length: 100 }, (_, i) => `m${i}`);
      // One after another: workerd 1.20260730 evicts no object whose WebSockets came in parallel.
      const clients: RawClient[] = [];
      for (const name of names) clients.push(await target.open(`${roomPath(room, name)}&quiet=1`));
      await target.hibernate("Kernel", room, how);
      const answer = await target.http(`/room/${room}?say=good+morning`);
      assert.deepEqual(JSON.parse(answer.body.toString()).names.sort(), names.sort());
      for (const client of clients) assert.equal(await client.message(), "good morning");
    },
  },
  {
    name: `hibernation: what waits is handled before it, and nothing is lost by it (${how})`,
    async run(target) {
      const room = target.newKey();
      const client = await ScriptClient.join(target, "script", room);
      for (let number = 0; number < 20; number++) {
        client.send(["put", `n${number}`, number], ["wait"]);
        if (number % 5 === 0) await target.hibernate("Script", room, how);
      }
      for (let number = 0; number < 20; number++) assert.deepEqual(await client.next(), [null, null]);
      const [entries] = await client.run(["list"]);
      assert.equal((entries as unknown[]).length, 20);
    },
  },
]);

export const roomHibernation: Group = { title: "hibernation of rooms", cases };
