import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delivery, Message } from "wirehall/client";
import { world } from "./world.ts";

test("text, bytes and named messages go there and back, and are settled", async () => {
  const { client, sockets, room } = world();
  const heard: Message[] = [];
  client.on("message", (message) => heard.push(message));
  const early = client.send("all early");
  sockets.last.open();
  const bytes = Uint8Array.of(1, 2, 3);
  const sent = [early, client.send(bytes), client.send("say", "hello"), client.send("key cursor x")];
  bytes.fill(9);
  await Promise.all(sent);
  assert.deepEqual(
    sent.map(({ id }) => id),
    [1, 2, 3, 4],
  );
  const { epoch } = room;
  const message = { type: "message", name: undefined, key: undefined };
  assert.deepEqual(heard, [
    { ...message, data: "early", place: { epoch, seq: 1 } },
    { ...message, data: Uint8Array.of(1, 2, 3), place: { epoch, seq: 2 } },
    { ...message, name: "said", data: "hello", place: { epoch, seq: 3 } },
    { ...message, key: "cursor", data: "x", place: undefined },
  ]);
  assert.deepEqual(client.place, { epoch, seq: 3 });
});

test("what is sent is a snapshot of its time", async () => {
  const { client, sockets } = world();
  const body = { deep: ["before"] };
  const refused = client.send("say", body);
  body.deep[0] = "after";
  sockets.last.open();
  await assert.rejects(refused, { code: "INVALID_MESSAGE" });
  assert.match(String(sockets.last.sent[1]), /"deep":\["before"\]/);
});

test("a name is listened to by itself", () => {
  const { client, sockets, room } = world();
  const heard: unknown[] = [];
  const stop = client.onEvent("said", (data, { place }) => heard.push([data, place?.seq]));
  client.onEvent("status", () => assert.fail("no event of the client itself"));
  sockets.last.open();
  room.broadcast({ name: "said", data: { text: "one" } });
  room.broadcast({ name: "other", data: 1 });
  stop();
  room.broadcast({ name: "said", data: 2 });
  assert.deepEqual(heard, [[{ text: "one" }, 1]]);
});

test("a loop gets messages and gaps in order, and ends when the client is closed", async () => {
  const { client, sockets, room, comeBack } = world();
  sockets.last.open();
  const heard: string[] = [];
  const loop = (async () => {
    for await (const item of client) heard.push(show(item));
  })();
  room.broadcast({ data: "1" });
  sockets.last.end(1006);
  for (const data of ["2", "3"]) room.broadcast({ data });
  comeBack();
  assert.equal(client.resumed, "resumed");
  sockets.last.end(1006);
  for (const data of ["4", "5", "6", "7"]) room.broadcast({ data });
  comeBack();
  assert.equal(client.resumed, "gap");
  room.broadcast({ data: "8" });
  client.close();
  await loop;
  assert.deepEqual(heard, ["1 at 1", "2 at 2", "3 at 3", "gap to 7: snapshot", "8 at 8"]);
});

function show(item: Delivery): string {
  return item.type === "gap"
    ? `gap to ${item.place?.seq}: ${item.data}`
    : `${item.data} at ${item.place?.seq}`;
}

test("a loop that is left takes nothing more, and another begins where it is", async () => {
  const { client, sockets, room } = world();
  sockets.last.open();
  const first: unknown[] = [];
  const loop = (async () => {
    for await (const { data } of client) {
      first.push(data);
      break;
    }
  })();
  room.broadcast({ data: "1" });
  room.broadcast({ data: "2" });
  await loop;
  const next = client[Symbol.asyncIterator]().next();
  room.broadcast({ data: "3" });
  assert.deepEqual([first, (await next).value?.data], [["1"], "3"]);
});

test("of messages by key a loop that is behind gets the latest, and one that is far behind an error", async () => {
  const { client, sockets, room } = world();
  sockets.last.open();
  const loop = client[Symbol.asyncIterator]();
  const first = loop.next();
  room.broadcast({ data: "go" });
  assert.equal((await first).value?.data, "go");
  const key = (name: string, data: string) => room.sendAll({ type: "message", key: name, data });
  for (let count = 1; count <= 100; count++) key("a", `a${count}`);
  key("b", "b1");
  room.broadcast({ data: "between" });
  key("a", "a101");
  const heard = [];
  for (let count = 0; count < 3; count++) heard.push((await loop.next()).value?.data);
  assert.deepEqual(heard, ["b1", "between", "a101"]);
  for (let count = 0; count <= 10_000; count++) room.sendAll({ type: "message", data: "flood" });
  await assert.rejects(loop.next(), { code: "READER_TOO_SLOW" });
  assert.equal(client.status.state, "open");
});

test("a refused message rejects with the room's code and issues, and is told as settled", async () => {
  const { client, sockets } = world();
  const settled: unknown[] = [];
  client.on("settled", ({ id, name, data, isSent, error }) =>
    settled.push([id, name, data, isSent, error?.code]),
  );
  sockets.last.open();
  await assert.rejects(client.send("throw"), { name: "WirehallError", code: "ROOM_THREW" });
  await assert.rejects(client.send("say", 1), (error: { code: string; cause: { issues: unknown } }) => {
    assert.deepEqual(
      [error.code, error.cause.issues],
      ["INVALID_MESSAGE", [{ message: "expected a string", path: [] }]],
    );
    return true;
  });
  await client.send("all fine");
  assert.deepEqual(settled, [
    [1, undefined, "throw", true, "ROOM_THREW"],
    [2, "say", 1, true, "INVALID_MESSAGE"],
    [3, undefined, "all fine", true, undefined],
  ]);
});

test("a poisoned message is not repeated after a reconnect, one without an answer is", async () => {
  const { client, sockets, room, comeBack } = world();
  sockets.last.open();
  await assert.rejects(client.send("throw"));
  sockets.last.isDead = true;
  const lost = client.send("all lost");
  assert.deepEqual(client.outbox, [{ id: 2, name: undefined, data: "all lost", isSent: true }]);
  sockets.last.end(1006);
  const later = client.send("all later");
  assert.equal(client.outbox[1]?.isSent, false);
  comeBack();
  await Promise.all([lost, later]);
  assert.deepEqual(
    room.applied.map(({ data }) => data),
    ["all lost", "all later"],
  );
  assert.deepEqual(client.outbox, []);
});

test("nobody has to look at a message that fails", async () => {
  const { client, sockets } = world();
  void client.send("throw");
  void client.send(undefined as unknown as string);
  sockets.last.open();
  client.close();
  void client.send("after the end");
  await client.closed;
});

test("the outbox is full by count, and by bytes, and free again when messages are settled", async () => {
  for (const [limits, kept] of [
    [{ maxOutboxMessages: 2 }, 2],
    [{ maxOutboxBytes: 500 }, 1],
  ] as const) {
    const { client, sockets } = world(limits);
    const sent = [client.send("a".repeat(200)), client.send("b".repeat(200)), client.send("c".repeat(200))];
    assert.equal(client.outbox.length, kept);
    await assert.rejects(sent[kept] as Promise<void>, (error: Error & { code: string }) => {
      assert.equal(error.code, "OUTBOX_FULL");
      assert.match(error.message, /wait for the room: the limits are \d+ and \d+/);
      return true;
    });
    assert.equal(sent[kept]?.id, 0);
    sockets.last.open();
    await Promise.all(sent.slice(0, kept));
    await client.send("room again");
  }
});

test("at most 128 messages are sent and not settled; the others wait their turn, and calls among them", async () => {
  const { client, sockets, room, comeBack } = world();
  sockets.last.open();
  sockets.last.isDead = true;
  const sent = Array.from({ length: 200 }, (_, index) => client.send(`all ${index}`));
  const called = client.call("add", 20, 3);
  const after = client.send("all after");
  const types = sockets.last.sent.map((frame) => JSON.parse(String(frame)).type);
  assert.deepEqual(types, ["hello", ...Array(128).fill("message")]);
  sockets.last.end(1006);
  comeBack();
  await Promise.all([...sent, after]);
  assert.equal(await called, 23);
  assert.deepEqual(
    room.applied.map(({ data }) => data),
    [...sent.map((_, index) => `all ${index}`), "all after"],
  );
});

test("a message can be taken back until it is sent", async () => {
  const { client, sockets, room } = world();
  const first = client.send("all first");
  const second = client.send("all second");
  assert.equal(client.discard(second.id), true);
  await assert.rejects(second, { code: "DISCARDED" });
  sockets.last.open();
  await first;
  assert.deepEqual([client.discard(first.id), client.discard(99)], [false, false]);
  assert.deepEqual(
    room.applied.map(({ data }) => data),
    ["all first"],
  );
});

test("a message that is too long for the server is given up, before it is sent where the limit is known", async () => {
  const { client, sockets, comeBack } = world({ server: { maxMessageBytes: 2048 } });
  const early = client.send("x".repeat(3000));
  sockets.last.open();
  await assert.rejects(early, { code: "MESSAGE_TOO_LARGE" });
  await assert.rejects(client.send("é".repeat(1000)), { code: "MESSAGE_TOO_LARGE" });
  await assert.rejects(client.send(new Uint8Array(2048)), { code: "MESSAGE_TOO_LARGE" });
  assert.equal(client.sendVolatile("x".repeat(3000)), false);
  await client.send("all fine");
  sockets.last.isDead = true;
  const short = client.send("all short");
  const long = client.send("all the longest");
  sockets.last.end(1009);
  await assert.rejects(long, { code: "MESSAGE_TOO_LARGE" });
  comeBack();
  await short;
});

test("where the session is lost, what was sent is in doubt, and what waited is sent", async () => {
  const { client, sockets, room, comeBack } = world();
  sockets.last.open();
  sockets.last.isDead = true;
  const doubtful = client.send("all doubtful");
  sockets.last.end(1006);
  const waiting = client.send("all waiting");
  room.forgetSessions();
  comeBack();
  await assert.rejects(doubtful, { code: "SESSION_LOST" });
  await waiting;
  assert.deepEqual(
    room.applied.map(({ data }) => data),
    ["all waiting"],
  );
});

test("a session that another goes on with is left to it", async () => {
  const { client, sockets, comeBack } = world();
  sockets.last.open();
  await client.send("all mine");
  sockets.last.isDead = true;
  const doubtful = client.send("all doubtful");
  sockets.last.isDead = false;
  sockets.last.end(4009);
  await assert.rejects(doubtful, { code: "SESSION_LOST" });
  comeBack();
  assert.doesNotMatch(String(sockets.last.sent[0]), /"session"/);
  assert.match(String(sockets.last.sent[0]), /"last"/);
  await client.send("all again");
});

test("a volatile message is sent now or never", () => {
  const { client, sockets, room } = world();
  const errors: string[] = [];
  client.on("error", ({ code }) => errors.push(code));
  assert.equal(client.sendVolatile("all early"), false);
  sockets.last.open();
  assert.equal(client.sendVolatile("all now"), true);
  assert.equal(client.sendVolatile(Uint8Array.of(7)), true);
  assert.equal(client.sendVolatile("say", { no: "string" }), true);
  sockets.last.bufferedAmount = 1e6;
  assert.equal(client.sendVolatile("all more"), false);
  client.close();
  assert.equal(client.sendVolatile("all late"), false);
  assert.deepEqual(errors, ["INVALID_MESSAGE"]);
  assert.deepEqual(
    room.applied.map(({ data }) => data),
    ["all now", Uint8Array.of(7)],
  );
});

test("calls are answered, refused, lost, or not waited for any longer", async () => {
  const { client, sockets, clock, comeBack } = world({ maxCalls: 2, callTimeoutMs: 3000 });
  const early = client.call("add", 1, 2);
  sockets.last.open();
  assert.equal(await early, 3);
  await assert.rejects(client.call("fail"), { code: "ROOM_THREW" });
  await assert.rejects(client.call("constructor"), { code: "UNKNOWN_CALL" });
  sockets.last.isDead = true;
  const lost = client.call("add", 1, 2);
  const other = client.call("add", 1, 2);
  await assert.rejects(client.call("add"), { code: "CALLS_FULL" });
  sockets.last.end(1006);
  await assert.rejects(lost, { code: "CALL_LOST" });
  await assert.rejects(other, { code: "CALL_LOST" });
  const waits = client.call("add", 3, 4);
  const unheard = client.call("add", 3, 4);
  clock.advance(3000);
  await assert.rejects(waits, { code: "CALL_TIMEOUT" });
  await assert.rejects(unheard, { code: "CALL_TIMEOUT" });
  comeBack();
  assert.equal(await client.call("add", 5, 6), 11);
  assert.equal(sockets.last.sent.filter((frame) => /"call"/.test(String(frame))).length, 1);
  sockets.last.isDead = true;
  const slow = [client.call("add", 1, 2), client.call("add", 1, 2)];
  clock.advance(3000);
  for (const call of slow) await assert.rejects(call, { code: "CALL_TIMEOUT" });
  sockets.last.isDead = false;
  assert.equal(await client.call("add", 7, 8), 15);
});

test("what is no message and no call is the caller's fault", async () => {
  const { client, sockets } = world();
  sockets.last.open();
  const circle: unknown[] = [];
  circle.push(circle);
  const wrong: Promise<unknown>[] = [
    client.send(17 as unknown as string),
    client.send("say", 1n),
    client.send("say", circle),
    client.send("", 1),
    client.send("n".repeat(65), 1),
    client.call("add", ...Array(17).fill(1)),
    client.call("", 1),
    client.call("add", circle),
  ];
  for (const promise of wrong) await assert.rejects(promise, { code: "INVALID_ARGUMENT" });
  assert.throws(() => client.sendVolatile({} as string), { code: "INVALID_ARGUMENT" });
  assert.equal(sockets.last.sent.length, 1);
});

test("who is here survives a reconnect, and only what changed meanwhile is told", () => {
  const { client, sockets, room, comeBack } = world();
  const changes: unknown[] = [];
  client.on("members", (change) => changes.push(change));
  const other = room.connect({ send: () => {}, close: () => {} });
  other.receive('{"type":"hello"}');
  sockets.last.open();
  const me = client.memberId as string;
  assert.deepEqual([...client.members.keys()].sort(), [me, other.id].sort());
  sockets.last.end(1006);
  const before = client.members;
  assert.equal(before.size, 2);
  other.ended();
  comeBack();
  assert.deepEqual([...client.members.keys()], [client.memberId]);
  assert.equal(before.size, 2);
  assert.deepEqual(changes.at(-1), { joined: [client.memberId], left: [other.id, me], changed: [] });
  const { client: blind, sockets: its } = world({ room, presence: false });
  its.last.open();
  assert.equal(blind.members.size, 0);
});

test("more members than a client can hold are the server's fault", () => {
  const { client, sockets } = world();
  sockets.last.open();
  const join = (from: number) => Array.from({ length: 1000 }, (_, index) => ({ id: `m${from + index}` }));
  for (let from = 0; from < 99_000; from += 1000) {
    sockets.last.deliver(
      JSON.stringify({ type: "presence", reset: from === 0, more: true, join: join(from) }),
    );
  }
  sockets.last.deliver(JSON.stringify({ type: "presence", join: join(99_000) }));
  assert.deepEqual([client.members.size, sockets.last.closed], [100_000, undefined]);
  sockets.last.deliver('{"type":"presence","join":[{"id":"one-more"}]}');
  assert.deepEqual([client.members.size, sockets.last.closed?.code], [100_000, 4400]);
});

test("the newest messages come first, or those after the app's place", () => {
  for (const [options, expected, resumed] of [
    [{ recent: 2 }, ["b", "c"], "fresh"],
    [{ last: { epoch: "epoch", seq: 1 } }, ["b", "c"], "resumed"],
    [{ last: { epoch: "another", seq: 1 }, recent: 2 }, [], "gap"],
    [{}, [], "fresh"],
  ] as const) {
    const { client, sockets, room } = world(options);
    const heard: unknown[] = [];
    client.on("message", ({ data }) => heard.push(data));
    for (const data of ["a", "b", "c"]) room.broadcast({ data });
    sockets.last.open();
    assert.deepEqual([heard, client.resumed], [expected, resumed]);
  }
});
