import assert from "node:assert/strict";
import { test } from "node:test";
import { storeIn } from "wirehall/client";
import { FakeStorage } from "./fakes.ts";
import { ReferenceRoom } from "./reference-room.ts";
import { world } from "./world.ts";

const KEY = "chat.lobby";

test("what was not settled when the page was reloaded is sent after it, once and in order", async () => {
  const storage = new FakeStorage();
  const room = new ReferenceRoom();
  const { client, sockets } = world({ room, store: storeIn(storage, KEY) });
  sockets.last.open();
  await client.send("all settled");
  sockets.last.isDead = true;
  void client.send("all sent, and lost");
  void client.send(Uint8Array.of(0, 128, 255));
  sockets.last.end(1006);
  void client.send("say", "it waits");
  const taken = client.send("all taken back");
  client.discard(taken.id);
  // The page is gone; nothing of it is closed.
  const after = world({ room, store: storeIn(storage, KEY) });
  assert.deepEqual(
    after.client.outbox.map(({ name, data, isSent }) => [name, data, isSent]),
    [
      [undefined, "all sent, and lost", true],
      [undefined, Uint8Array.of(0, 128, 255), true],
      ["say", "it waits", false],
    ],
  );
  const settled: unknown[] = [];
  after.client.on("settled", ({ data, error }) => settled.push([data, error]));
  const fresh = after.client.send("all fresh");
  after.sockets.last.open();
  await fresh;
  assert.deepEqual(
    room.applied.map(({ data }) => data),
    ["all settled", "all sent, and lost", Uint8Array.of(0, 128, 255), "it waits", "all fresh"],
  );
  assert.deepEqual(
    settled,
    ["all sent, and lost", Uint8Array.of(0, 128, 255), "it waits", "all fresh"].map((data) => [
      data,
      undefined,
    ]),
  );
  assert.deepEqual([...storage.items.keys()], [KEY]);
});

test("what was applied, but not acknowledged, before the reload is not applied again", async () => {
  const storage = new FakeStorage();
  const room = new ReferenceRoom({ ackEvery: 1000 });
  const { client, sockets } = world({ room, store: storeIn(storage, KEY) });
  sockets.last.open();
  void client.send("all once");
  assert.equal(room.applied.length, 1);
  const after = world({ room, store: storeIn(storage, KEY) });
  assert.equal(after.client.outbox.length, 1);
  after.sockets.last.open();
  assert.deepEqual([after.client.outbox, room.applied.length], [[], 1]);
});

test("close keeps what waits for the next page", async () => {
  const storage = new FakeStorage();
  const { client } = world({ store: storeIn(storage, KEY) });
  const sent = client.send("all later");
  client.close();
  await assert.rejects(sent, { code: "CLIENT_CLOSED" });
  assert.equal(world({ store: storeIn(storage, KEY) }).client.outbox.length, 1);
});

test("a copy of the page, as when a tab is duplicated, sends nothing under numbers that the other has used", async () => {
  const room = new ReferenceRoom();
  const storage = new FakeStorage();
  const { client, sockets } = world({ room, store: storeIn(storage, KEY) });
  sockets.last.open();
  await client.send("all 1");
  const copied = new FakeStorage();
  for (const [key, value] of storage.items) copied.setItem(key, value);
  await client.send("all 2");
  const copy = world({ room, store: storeIn(copied, KEY) });
  const sent = copy.client.send("all from the copy");
  copy.sockets.last.open();
  await sent;
  // The first is told that its session is taken, and goes on with another.
  assert.equal(client.status.error?.message, "the connection ended with 4009");
  client.reconnect();
  sockets.last.open();
  await client.send("all 3");
  await copy.client.send("all 4");
  assert.deepEqual(
    room.applied.map(({ data }) => data),
    ["all 1", "all 2", "all from the copy", "all 3", "all 4"],
  );
});

test("a session that was taken is not brought back by a reload", () => {
  const storage = new FakeStorage();
  const { sockets } = world({ store: storeIn(storage, KEY) });
  sockets.last.open();
  sockets.last.end(4009);
  const after = world({ store: storeIn(storage, KEY) });
  after.sockets.last.open();
  assert.equal(after.sockets.last.sent[0], '{"type":"hello"}');
});

test("a storage that is full, forbidden or broken is done without", async () => {
  const full = new FakeStorage();
  full.maxItems = 0;
  const forbidden = {
    getItem: () => raise(),
    setItem: () => raise(),
    removeItem: () => raise(),
  };
  const broken = new FakeStorage();
  for (const [key, value] of [
    [KEY, '{"session":"not a token","first":0,"next":6}'],
    [`${KEY}.0`, "{"],
    [`${KEY}.1`, "null"],
    [`${KEY}.2`, '{"json":"{}"}'],
    [`${KEY}.3`, '{"bytes":"%"}'],
    [`${KEY}.4`, '{"json":"{\\"data\\":\\"all good\\"}","clientSeq":7}'],
  ] as const) {
    broken.setItem(key, value);
  }
  const senseless = new FakeStorage();
  senseless.setItem(KEY, '{"first":-5,"next":"many"}');
  for (const [storage, waits] of [
    [full, 0],
    [forbidden, 0],
    [broken, 1],
    [senseless, 0],
  ] as const) {
    const { client, sockets, room } = world({ store: storeIn(storage, KEY) });
    assert.equal(client.outbox.length, waits);
    const sent = client.send("all more");
    sockets.last.open();
    await sent;
    assert.equal(room.applied.length, waits + 1);
    client.close();
  }
});

function raise(): never {
  throw new Error("SecurityError");
}
