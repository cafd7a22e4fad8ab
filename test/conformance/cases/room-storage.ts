import assert from "node:assert/strict";
import { show } from "../../rooms/show.ts";
import { values } from "../../rooms/values.ts";
import { ScriptClient } from "../../support/script-client.ts";
import type { Target } from "../../support/target.ts";
import type { Case, Group } from "../case.ts";

const join = (target: Target, room: string = target.newKey()) => ScriptClient.join(target, "script", room);

const typed = values.map(
  ([name, value]): Case => ({
    name: `storage: is read as it was written: ${name}`,
    async run(target) {
      const room = target.newKey();
      const client = await join(target, room);
      await client.run(["keep", name]);
      await target.hibernate("Script", room);
      assert.deepEqual(await client.run(["kept", name]), [show(value)]);
    },
  }),
);

export const roomStorage: Group = {
  title: "storage of rooms",
  cases: [
    ...typed,
    {
      name: "storage: a turn reads what it wrote, and the next turn too",
      async run(target) {
        const client = await join(target);
        const own = await client.run(
          ["get", "a"],
          ["put", "a", 1],
          ["get", "a"],
          ["put", "b", 2],
          ["delete", "a"],
          ["delete", "none"],
          ["list"],
        );
        assert.deepEqual(own, [null, null, 1, null, true, false, [["b", 2]]]);
        assert.deepEqual(await client.run(["list"]), [[["b", 2]]]);
      },
    },
    {
      name: "storage: a turn that throws has written nothing, whether it waited or not",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        await client.run(["put", "a", 1]);
        for (const more of [[], [["wait"]]] as [string][][]) {
          const other = await join(target, room);
          await other.fail(["put", "a", 2], ["put", "b", 2], ["say", "not heard"], ...more, ["throw"]);
          assert.equal(await client.next(), "someone left");
          assert.deepEqual(await client.run(["list"]), [[["a", 1]]]);
        }
      },
    },
    {
      name: "storage: lists by prefix, bounds, order and limit, in the order of code points",
      async run(target) {
        const client = await join(target);
        const keys = ["a", "a/1", "a/2", "b", "é", "\ue000", "\uffff", "\u{1f600}"];
        await client.run(...keys.toReversed().map((key) => ["put", key, key] as const));
        const list = async (options: object) => {
          const [entries] = (await client.run(["list", options])) as [[string, string][]];
          return entries.map(([key]) => key);
        };
        assert.deepEqual(await list({}), keys);
        assert.deepEqual(await list({ reverse: true, limit: 2 }), ["\u{1f600}", "\uffff"]);
        assert.deepEqual(await list({ prefix: "a/" }), ["a/1", "a/2"]);
        assert.deepEqual(await list({ start: "a/2", end: "é" }), ["a/2", "b"]);
        assert.deepEqual(await list({ startAfter: "a/2", limit: 1 }), ["b"]);
        assert.deepEqual(await list({ prefix: "a/", reverse: true, end: "a/2" }), ["a/1"]);
      },
    },
    {
      name: "storage: keys have 2,048 bytes at most, values 128 KiB; what is over throws",
      async run(target) {
        const client = await join(target);
        const long = "k".repeat(2048);
        const large = "v".repeat(128 * 1024 - 5);
        const results = await client.run(
          ["code", "put", `${long}k`, 1],
          ["code", "put", "", 1],
          ["code", "put", "a", `${large}v`],
          ["put", long, large],
        );
        assert.deepEqual(results, ["INVALID_KEY", "INVALID_KEY", "INVALID_VALUE", null]);
        assert.deepEqual(await client.run(["get", long]), [large]);
      },
    },
    {
      name: "storage: rooms do not see each other's, nor those of another class",
      async run(target) {
        const room = target.newKey();
        const [one, two] = [await join(target, room), await join(target)];
        const other = await ScriptClient.join(target, "sql", room);
        for (const client of [one, two, other]) {
          assert.deepEqual(await client.run(["get", "a"], ["put", "a", 1]), [null, null]);
        }
      },
    },
    {
      name: "storage: a hundred turns that write and say so are all kept, in order",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        const numbers = Array.from({ length: 100 }, (_, number) => number);
        for (const number of numbers) client.send(["put", `n${number}`, number], ["put", "last", number]);
        for (const _ of numbers) assert.deepEqual(await client.next(), [null, null]);
        await target.hibernate("Script", room);
        assert.deepEqual(await client.run(["get", "last"], ["get", "n7"]), [99, 7]);
      },
    },
    {
      name: "storage: destroy removes all, closes the members with 1000 without onClose; a new room follows",
      async run(target) {
        const room = target.newKey();
        const [one, two] = [await join(target, room), await join(target, room)];
        await one.run(["put", "a", 1]);
        one.send(["put", "b", 2], ["say", "farewell"], ["destroy"], ["put", "c", 3]);
        for (const client of [one, two]) {
          assert.equal(await client.next(), "farewell");
        }
        assert.deepEqual(await one.next(), [null, null, null, null]);
        for (const client of [one, two]) {
          // Its frame alone: workerd takes seconds to end the TCP connection of a member that another closed.
          assert.deepEqual(await client.closed(), [1000, "the room was destroyed"]);
        }
        const three = await join(target, room);
        assert.deepEqual(await three.run(["list"]), [[]]);
        assert.deepEqual(await three.run(["put", "a", 2], ["list"]), [null, [["a", 2]]]);
      },
    },
    {
      name: "turns: this.after runs behind the commit in no turn, and not at all where the turn throws",
      async run(target) {
        const room = target.newKey();
        const [one, two] = [await join(target, room), await join(target, room)];
        await two.fail(["after", "never"], ["throw"]);
        assert.equal(await one.next(), "someone left");
        one.send(["after", "then"], ["say", "first"]);
        assert.equal(await one.next(), "first");
        assert.deepEqual(await one.next(), [null, null]);
        assert.deepEqual(await one.next(), ["then", "ROOM_NO_TURN"]);
      },
    },
  ],
};
