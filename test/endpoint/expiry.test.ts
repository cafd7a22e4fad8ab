import assert from "node:assert/strict";
import { test } from "node:test";
import { type Admission, type Connection, type Room, Room as RoomBase, rooms, websocket } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";

const log = () => {};

async function open(admission: Admission<unknown> = {}) {
  const clock = manualClock();
  clock.advance(1_000_000);
  let connection: Connection | undefined;
  const server = testServer({
    fetch: websocket(
      {
        upgrade: () => admission,
        open: (opened) => {
          connection = opened;
        },
      },
      { log, clock, pingIntervalMs: 0 },
    ),
  });
  const client = await server.connect("/");
  return { clock, client, connection: connection as Connection };
}

test("a connection is closed with 3000 when its time is over, not before", async () => {
  const { clock, client, connection } = await open({ expiresAt: 1_060_000 });
  assert.equal(connection.expiresAt, 1_060_000);
  clock.advance(59_999);
  assert.equal(connection.send("still allowed"), true);
  clock.advance(20);
  assert.equal(connection.send("no more"), false);
  assert.deepEqual(await client.closed, { code: 3000, reason: "expired", wasClean: true });
});

test("it may be set, put off and taken back while the connection is open", async () => {
  const { clock, client, connection } = await open();
  assert.equal(connection.expiresAt, undefined);
  connection.expiresAt = 1_010_000;
  clock.advance(9_000);
  connection.expiresAt = 1_100_000;
  clock.advance(90_000);
  connection.expiresAt = undefined;
  clock.advance(1_000_000_000);
  assert.equal(connection.send("still here"), true);
  connection.expiresAt = clock.date() + 100;
  clock.advance(110);
  assert.equal((await client.closed).code, 3000);
});

test("a time in the past closes at once, after open", async () => {
  const { clock, client } = await open({ expiresAt: 1 });
  clock.advance(10);
  assert.equal((await client.closed).code, 3000);
});

test("what is no time throws, and an upgrade that returns it is an error of the app's", async () => {
  const { connection } = await open();
  for (const at of [Number.NaN, -1, Number.POSITIVE_INFINITY, "soon", new Date(), null]) {
    assert.throws(() => (connection.expiresAt = at as number), {
      code: "INVALID_ARGUMENT",
      message: /milliseconds since the epoch/,
    });
  }
  await assert.rejects(open({ expiresAt: Number.NaN }), { code: "REFUSED", message: /500/ });
});

test("a room's member expires as well, when the turn has committed", async () => {
  const clock = manualClock();
  class Guarded extends RoomBase {
    override onConnect(member: Parameters<Room["onConnect"]>[0]) {
      member.expiresAt = 5_000;
    }
    override onMessage(member: Parameters<Room["onMessage"]>[0], data: string | Uint8Array) {
      member.expiresAt = Number(data);
      member.send(`${member.expiresAt}`);
      if (data === "7777") throw new Error("this turn comes to nothing");
    }
  }
  const hall = rooms({ Guarded }, { log, clock });
  const server = testServer({ fetch: (request) => hall.Guarded.get("a").fetch(request), hall, clock });
  const client = await server.connect("/");
  client.send("20000");
  assert.equal(await client.message(), "20000");
  clock.advance(19_999);
  const other = await server.connect("/");
  other.send("hello");
  client.send("30000");
  assert.equal(await client.message(), "30000");
  clock.advance(10_020);
  assert.equal((await client.closed).code, 3000);
});
