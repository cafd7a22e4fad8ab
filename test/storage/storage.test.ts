import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ListOptions, type Member, Room, type RoomStorage } from "wirehall";
import { hibernate } from "wirehall/testing";
import { serveRooms } from "../rooms/support/serve.ts";
import { openPlace, type Place, places } from "./places.ts";

const keys = ["a", "a/1", "a/2", "b", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"];
const lists: readonly (readonly [options: ListOptions, expected: readonly string[]])[] = [
  [{}, keys],
  [{ reverse: true }, keys.toReversed()],
  [{ limit: 2 }, ["a", "a/1"]],
  [{ limit: 0 }, []],
  [{ limit: 2, reverse: true }, ["\u{10ffff}", "\u{10000}"]],
  [{ prefix: "a" }, ["a", "a/1", "a/2"]],
  [{ prefix: "a/", reverse: true, limit: 1 }, ["a/2"]],
  [{ prefix: "\ud7ff" }, ["\ud7ff"]],
  [{ prefix: "\u{10ffff}" }, ["\u{10ffff}"]],
  [{ prefix: "c" }, []],
  [{ start: "a/2", end: "é" }, ["a/2", "b"]],
  [{ startAfter: "a/2", end: "é" }, ["b"]],
  [{ prefix: "a/", start: "a" }, ["a/1", "a/2"]],
  [{ prefix: "a/", end: "a/2" }, ["a/1"]],
  [{ prefix: "a/", start: "b" }, []],
  [{ start: "b", end: "a" }, []],
  [{ startAfter: "\uffff" }, ["\u{10000}", "\u{10ffff}"]],
];

for (const where of places) describe(`storage ${where}`, () => describeStorage(where));

function describeStorage(where: Place): void {
  const kept = openPlace(where);

  function serve() {
    let room: Room | undefined;
    class Kind extends Room {
      static sql = where.includes("SQL");
      override onConnect() {
        room = this;
      }
    }
    const served = serveRooms(Kind, {}, kept());
    return {
      ...served,
      /** Runs in a turn of the room. */
      async act<T>(work: (storage: RoomStorage) => T): Promise<Awaited<T>> {
        const client = await served.server.connect("/r");
        assert.ok(room);
        const { storage } = room;
        try {
          return await room.turn(() => work(storage) as Awaited<T>);
        } finally {
          client.close();
        }
      },
      hibernate: () => hibernate(served.rooms.get("r")),
    };
  }

  test("what is put is got, a copy each time, also after the room has left memory", async () => {
    const { act, hibernate } = serve();
    const value = { list: [1] };
    await act(async (storage) => {
      storage.put("key", value);
      value.list.push(2);
      const own = await storage.get<typeof value>("key");
      assert.deepEqual(own, { list: [1] });
      own?.list.push(3);
      assert.deepEqual(await storage.get("key"), { list: [1] });
      assert.equal(await storage.get("none"), undefined);
    });
    await hibernate();
    assert.deepEqual(await act((storage) => storage.get("key")), { list: [1] });
  });

  test("delete says whether there was something, by what the turn has written too", async () => {
    const { act } = serve();
    await act((storage) => storage.put("kept", 1));
    const answers = await act(async (storage) => [
      await storage.delete("kept"),
      await storage.delete("kept"),
      await storage.put("new", 1),
      await storage.delete("new"),
      await storage.get("kept"),
    ]);
    assert.deepEqual(answers, [true, false, undefined, true, undefined]);
    assert.equal(await act((storage) => storage.get("kept")), undefined);
  });

  test("a turn that throws has written nothing", async () => {
    const { act } = serve();
    await act((storage) => storage.put("key", 1));
    const failed = act(async (storage) => {
      storage.put("key", 2);
      storage.put("other", 2);
      throw new Error("mine");
    });
    await assert.rejects(failed, { message: "mine" });
    assert.deepEqual(await act((storage) => storage.list()), new Map([["key", 1]]));
  });

  test("outside a turn storage throws ROOM_NO_TURN", async () => {
    let storage: RoomStorage | undefined;
    class Kind extends Room {
      override onConnect() {
        ({ storage } = this);
      }
    }
    const { server } = serveRooms(Kind, {}, kept());
    await server.connect("/r");
    assert.throws(() => storage?.get("key"), { code: "ROOM_NO_TURN" });
    assert.throws(() => storage?.put("key", 1), { code: "ROOM_NO_TURN" });
    assert.throws(() => storage?.delete("key"), { code: "ROOM_NO_TURN" });
    assert.throws(() => storage?.list(), { code: "ROOM_NO_TURN" });
  });

  test("rooms do not see each other's storage", async () => {
    class Kind extends Room {
      override async onMessage(member: Member, text: string) {
        member.send(`${await this.storage.get("key")}`);
        this.storage.put("key", text);
      }
    }
    const { server } = serveRooms(Kind, {}, kept());
    const [one, two] = [await server.connect("/a"), await server.connect("/b")];
    one.send("a");
    assert.equal(await one.message(), "undefined");
    two.send("b");
    assert.equal(await two.message(), "undefined");
    one.send("c");
    assert.equal(await one.message(), "a");
  });

  for (const mix of ["kept before", "written in the turn", "half and half, others removed"]) {
    test(`list gives entries in the order of code points, within its bounds: ${mix}`, async () => {
      const { act } = serve();
      const before = mix === "kept before" ? keys : mix === "written in the turn" ? [] : keys.slice(0, 5);
      const removed = mix.endsWith("removed") ? ["a/3", "b/x", "z"] : [];
      await act((storage) => {
        for (const key of [...before, ...removed].toReversed()) storage.put(key, { key });
      });
      await act(async (storage) => {
        for (const key of keys.slice(before.length)) storage.put(key, { key });
        for (const key of removed) storage.delete(key);
        for (const [options, expected] of lists) {
          const found = [...(await storage.list(options))];
          assert.deepEqual(
            found,
            expected.map((key) => [key, { key }]),
            JSON.stringify(options),
          );
        }
      });
    });
  }

  test("keys have 1 to 2,048 bytes, and no character that a store can't keep", async () => {
    const { act } = serve();
    await act((storage) => {
      for (const bad of ["", "k".repeat(2049), "é".repeat(1025), "\ud800", "a\0b", 1 as unknown as string]) {
        for (const use of [() => storage.get(bad), () => storage.put(bad, 1), () => storage.delete(bad)]) {
          assert.throws(use, { code: "INVALID_KEY" });
        }
      }
      assert.throws(() => storage.list({ prefix: "\udc00" }), { code: "INVALID_KEY" });
      assert.throws(() => storage.list({ limit: -1 }), { code: "INVALID_ARGUMENT" });
      storage.put("k".repeat(2048), 1);
      storage.put("é".repeat(1024), 2);
    });
    assert.equal(await act((storage) => storage.get("k".repeat(2048))), 1);
  });

  test("values have at most 128 KiB, and are no undefined", async () => {
    const { act } = serve();
    await act((storage) => {
      const most = 128 * 1024 - 6;
      storage.put("bytes", new Uint8Array(most));
      assert.throws(() => storage.put("bytes", new Uint8Array(most + 1)), {
        code: "INVALID_VALUE",
        message: /more than 131072 bytes/,
      });
      assert.throws(() => storage.put("text", "é".repeat(70_000)), { code: "INVALID_VALUE" });
      assert.throws(() => storage.put("text", undefined), { code: "INVALID_VALUE", message: /delete/ });
    });
    assert.equal((await act((storage) => storage.get<Uint8Array>("bytes")))?.length, 128 * 1024 - 6);
  });
}
