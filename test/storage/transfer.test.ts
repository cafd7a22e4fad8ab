import assert from "node:assert/strict";
import { test } from "node:test";
import { exportRoom, importRoom, Room } from "wirehall";
import { openStorage } from "../../runtimes/node/storage.ts";
import type { HallStorage } from "../../src/rooms/local/storage.ts";
import { serveRooms } from "../rooms/support/serve.ts";

class Keeper extends Room {
  put(key: string, value: unknown) {
    this.storage.put(key, value);
  }
  async list() {
    return await this.storage.list();
  }
}

class SqlKeeper extends Keeper {
  static sql = true;
  exec(query: string, ...bindings: (string | number)[]) {
    return this.sql.exec(query, ...bindings).toArray();
  }
}

const serve = (storage: HallStorage = openStorage("memory")) => serveRooms(Keeper, {}, storage);
const serveSql = () => serveRooms(SqlKeeper, {}, openStorage("memory"));
const textOf = async (stream: Promise<ReadableStream<Uint8Array>>) => await new Response(await stream).text();

test("an export is lines of JSON, readable where JSON can hold the values", async () => {
  const { rooms } = serveSql();
  const room = rooms.get("lobby");
  await room.put("votes", { yes: 3, list: [null, true, "é"] });
  await room.put("when", new Date(0));
  await room.exec("CREATE TABLE said (id INTEGER PRIMARY KEY, text, more)");
  await room.exec("INSERT INTO said (text, more) VALUES ('hello', 1.5), (x'00ff', 9007199254740993)");
  await room.exec("CREATE INDEX by_text ON said (text)");
  assert.deepEqual((await textOf(exportRoom(room))).split("\n"), [
    '{"wirehall":"room","version":1,"class":"Kind","name":"lobby"}',
    '{"key":"votes","value":{"yes":3,"list":[null,true,"é"]}}',
    '{"key":"when","bytes":"AQkAAAAAAAAAAA=="}',
    '{"sql":"CREATE TABLE said (id INTEGER PRIMARY KEY, text, more)"}',
    '{"table":"said","columns":["id","text","more"],"rows":[[1,"hello",{"real":"1.5"}],' +
      '[2,{"bytes":"AP8="},{"integer":"9007199254740993"}]]}',
    '{"sql":"CREATE INDEX by_text ON said (text)"}',
    '{"end":6}',
    "",
  ]);
});

test("a room that keeps nothing is exported and imported too", async () => {
  const { rooms } = serve();
  const text = await textOf(exportRoom(rooms.get("a")));
  await importRoom(rooms.get("b"), text);
  await importRoom(rooms.get("b"), new TextEncoder().encode(text));
  assert.deepEqual(await rooms.get("b").list(), new Map());
});

test("while an export is read the room handles nothing; when it is cancelled it goes on", async () => {
  const { rooms } = serve();
  const room = rooms.get("a");
  for (let number = 0; number < 100; number++) await room.put(`${number}`, number);
  const reader = (await exportRoom(room)).getReader();
  await reader.read();
  let isPut = false;
  const putting = room.put("late", 1).then(() => {
    isPut = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isPut, false);
  await reader.cancel();
  await putting;
  assert.equal((await textOf(exportRoom(room))).includes('"late"'), true);
});

test("an export that nobody reads, and an import of which nothing more comes, hold the room for turnTimeoutMs", async () => {
  const { rooms, clock } = serve();
  const room = rooms.get("a");
  await room.put("key", 1);
  const reader = (await exportRoom(room)).getReader();
  await reader.read();
  const listing = room.list();
  // The next portion was made before anybody asked for it.
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(10_000);
  assert.deepEqual(await listing, new Map([["key", 1]]));
  await assert.rejects(
    async () => {
      for (;;) await reader.read();
    },
    { code: "TRANSFER_STALLED" },
  );

  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const importing = importRoom(rooms.get("b"), readable);
  const writer = writable.getWriter();
  await writer.write(
    new TextEncoder().encode(
      '{"wirehall":"room","version":1,"class":"K","name":"a"}\n{"key":"k","value":1}\n',
    ),
  );
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(10_000);
  await assert.rejects(importing, { code: "TRANSFER_STALLED" });
  assert.deepEqual(await rooms.get("b").list(), new Map());
});

test("what an import had kept when its process ended is cleared before the room's next event", async () => {
  const storage = openStorage("memory");
  const { rooms } = serve(storage);
  await rooms.get("a").put("key", 1);
  const text = await textOf(exportRoom(rooms.get("a")));
  const { rooms: others } = serve(storage);
  const open = storage.open({ key: "Kind", roomClass: Keeper } as never, "half");
  open.commit({ clears: false, cells: new Map([["limporting", new Uint8Array(1)]]) }, () => {});
  open.commit({ clears: false, cells: new Map([["vkey", new Uint8Array([1, 0])]]) }, () => {});
  assert.deepEqual(await others.get("half").list(), new Map());
  open.commit({ clears: false, cells: new Map([["limporting", new Uint8Array(1)]]) }, () => {});
  await importRoom(serve(storage).rooms.get("half"), text);
  assert.deepEqual(await serve(storage).rooms.get("half").list(), new Map([["key", 1]]));
});

test("what can't be written down, or put in, is refused with the reason, and the room is left as it was", async () => {
  const { rooms } = serveSql();
  const room = rooms.get("a");
  await room.exec("CREATE VIRTUAL TABLE words USING fts5 (word)");
  await assert.rejects(textOf(exportRoom(room)), {
    code: "EXPORT_UNSUPPORTED",
    message: /table words is virtual/,
  });
  await room.exec("DROP TABLE words");
  await room.exec("CREATE TABLE said (text)");
  const text = await textOf(exportRoom(room));
  const plain = serve().rooms.get("a");
  await assert.rejects(importRoom(plain, text), { code: "SQL_OFF" });
  assert.deepEqual(await plain.list(), new Map());
  await assert.rejects(importRoom(rooms.get("a"), text), { code: "ROOM_NOT_EMPTY" });
  const wrong = text.replace("CREATE TABLE", "CREATE NONSENSE");
  await assert.rejects(importRoom(rooms.get("b"), wrong), { code: "SQL_FAILED" });
  const head = '{"wirehall":"room","version":1,"class":"K","name":"a"}';
  for (const line of [
    '{"key":"k","bytes":"?"}',
    '{"key":"k","bytes":"AgA="}',
    '{"key":"","value":1}',
    '{"table":"a"}',
  ]) {
    const lines = [head, line, '{"end":2}', ""].join("\n");
    await assert.rejects(importRoom(rooms.get("b"), lines), { code: "IMPORT_INVALID", message: /^line 2 / });
  }
  await importRoom(rooms.get("b"), text);
  await assert.rejects(importRoom(rooms.get("c"), '{"wirehall":"room","version":2}\n'), {
    code: "IMPORT_INVALID",
    message: /version 2, and this reads version 1/,
  });
});

test("exporting what is no room's handle throws", () => {
  assert.throws(() => exportRoom({ name: "x", fetch: () => Promise.reject() }), { code: "INVALID_ARGUMENT" });
});
