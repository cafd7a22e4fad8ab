import assert from "node:assert/strict";
import { test } from "node:test";
import { type Member, Room, rooms } from "wirehall";
import { hibernate } from "wirehall/testing";
import { serveRooms } from "./support/serve.ts";

test("this.turn queues a turn from outside one, and resolves with its result when it has committed", async () => {
  let room: Lone | undefined;
  class Lone extends Room<string> {
    override onConnect() {
      room = this;
    }
  }
  const { server } = serveRooms(Lone);
  const client = await server.connect("/r");
  const results = await Promise.all(
    [1, 2, 3].map((number) =>
      room?.turn(async () => {
        await this_(room).storage.put("number", number);
        room?.broadcast(`${number}`);
        return number;
      }),
    ),
  );
  assert.deepEqual(results, [1, 2, 3]);
  assert.deepEqual([await client.message(), await client.message(), await client.message()], ["1", "2", "3"]);
});

function this_<T>(room: T | undefined): T {
  assert.ok(room);
  return room;
}

test("this.turn rejects with what its function threw, and then for ever: its instance was discarded", async () => {
  let room: Lone | undefined;
  class Lone extends Room {
    override onConnect() {
      room = this;
    }
  }
  const { server } = serveRooms(Lone);
  const client = await server.connect("/r");
  const first = this_(room);
  const failing = first.turn(() => {
    first.broadcast("not heard");
    throw new Error("mine");
  });
  const behind = first.turn(() => assert.fail("it ran"));
  await assert.rejects(failing, { message: "mine" });
  await assert.rejects(behind, { code: "ROOM_RETIRED" });
  await assert.rejects(
    first.turn(() => {}),
    { code: "ROOM_RETIRED" },
  );
  client.send("alive");
  await server.connect("/r");
  assert.notEqual(room, first);
});

test("an instance that has left memory has no turns any more, and its effects throw ROOM_NO_TURN", async () => {
  let room: Lone | undefined;
  class Lone extends Room {
    override onConnect() {
      room = this;
    }
  }
  const { server, rooms } = serveRooms(Lone);
  await server.connect("/r");
  const gone = this_(room);
  await hibernate(rooms.get("r"));
  await assert.rejects(
    gone.turn(() => {}),
    { code: "ROOM_RETIRED", message: /timer/ },
  );
  assert.throws(() => gone.broadcast("x"), { code: "ROOM_NO_TURN" });
});

test("this.after runs once its turn has committed and was sent, in no turn; what it throws is logged", async () => {
  const seen: unknown[] = [];
  const logged = Promise.withResolvers<void>();
  class Lone extends Room {
    override onMessage(_member: Member, text: string) {
      this.after(() => {
        seen.push("after");
        assert.throws(() => this.broadcast("x"), { code: "ROOM_NO_TURN" });
        this.turn(() => this.broadcast("from a turn of its own"));
      });
      this.after(async () => {
        throw new Error("later");
      });
      this.after(() => {
        throw new Error("at once");
      });
      this.broadcast("in the turn");
      if (text === "throw") throw new Error("secret");
    }
  }
  const entries: unknown[] = [];
  const { server } = serveRooms(Lone, {
    log({ event, error }) {
      entries.push([event, (error as Error).message]);
      if (entries.length === 3) logged.resolve();
    },
  });
  const client = await server.connect("/r");
  const culprit = await server.connect("/r");
  culprit.send("throw");
  await culprit.closed;
  assert.deepEqual(seen, []);
  client.send("go");
  assert.deepEqual(
    [await client.message(), await client.message()],
    ["in the turn", "from a turn of its own"],
  );
  await logged.promise;
  assert.deepEqual(seen, ["after"]);
  assert.deepEqual(entries, [
    ["room-threw", "secret"],
    ["after-threw", "at once"],
    ["after-threw", "later"],
  ]);
});

test("destroy removes what the room keeps, closes its members with 1000 without onClose, and a new room follows", async () => {
  const seen: string[] = [];
  class Lone extends Room {
    override onStart() {
      seen.push("start");
    }
    override onClose() {
      seen.push("close");
    }
    override async onMessage(member: Member, text: string) {
      if (text === "destroy") {
        this.storage.put("before", 1);
        this.destroy();
        this.storage.put("behind", 2);
        assert.equal(await this.storage.get("kept"), undefined);
        assert.deepEqual(await this.storage.list(), new Map());
        this.broadcast("farewell");
        return;
      }
      const before = [...(await this.storage.list())];
      this.storage.put("kept", text);
      member.send(`${this.members.size} ${JSON.stringify(before)}`);
    }
  }
  const { server } = serveRooms(Lone);
  const [one, two] = [await server.connect("/r"), await server.connect("/r")];
  one.send("a");
  one.send("b");
  assert.deepEqual([await one.message(), await one.message()], ["2 []", '2 [["kept","a"]]']);
  await new Promise((resolve) => setImmediate(resolve));
  one.send("destroy");
  two.send("not heard any more");
  for (const client of [one, two]) {
    assert.equal(await client.message(), "farewell");
    assert.deepEqual(await client.closed, { code: 1000, reason: "the room was destroyed", wasClean: true });
  }
  const three = await server.connect("/r");
  three.send("c");
  assert.equal(await three.message(), "1 []");
  assert.deepEqual(seen, ["start", "start"]);
});

test("a turn that throws after destroy has destroyed nothing", async () => {
  class Lone extends Room {
    override async onMessage(member: Member, text: string) {
      if (text === "destroy") {
        this.destroy();
        throw new Error("secret");
      }
      member.send(`${await this.storage.get("kept")}`);
      this.storage.put("kept", text);
    }
  }
  const { server } = serveRooms(Lone);
  const [one, two] = [await server.connect("/r"), await server.connect("/r")];
  one.send("a");
  assert.equal(await one.message(), "undefined");
  two.send("destroy");
  assert.equal((await two.closed).code, 1011);
  one.send("b");
  assert.equal(await one.message(), "a");
});

test("a turn that takes too long fails: its signal aborts, what it does later is dropped, the next is handled", async () => {
  const late = Promise.withResolvers<unknown>();
  class Lone extends Room {
    override async onMessage(member: Member, text: string) {
      member.send(`heard ${text}`);
      if (text !== "hang") return;
      const { signal } = this;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      await Promise.resolve();
      try {
        this.broadcast("too late");
      } catch (error) {
        late.resolve([(error as { code: string }).code, (signal.reason as { code: string }).code]);
      }
    }
  }
  const { server, clock, entries } = serveRooms(Lone, { turnTimeoutMs: 5_000 });
  const [one, two] = [await server.connect("/r"), await server.connect("/r")];
  one.send("hang");
  two.send("next");
  clock.advance(4_999);
  assert.equal(entries.length, 0);
  clock.advance(1);
  assert.equal((await one.closed).code, 1011);
  assert.deepEqual(await late.promise, ["ROOM_NO_TURN", "TURN_TIMEOUT"]);
  assert.equal(await two.message(), "heard next");
  assert.match(String(entries[0].error), /longer than turnTimeoutMs, 5000 ms/);
});

test("a handler that never settles holds up its room for turnTimeoutMs, and another room not at all", async () => {
  class Lone extends Room {
    override async onMessage(member: Member, text: string) {
      if (text === "hang") await new Promise(() => {});
      member.send(text);
    }
  }
  const { server, clock } = serveRooms(Lone);
  const [one, two, other] = [
    await server.connect("/r"),
    await server.connect("/r"),
    await server.connect("/s"),
  ];
  one.send("hang");
  two.send("waits");
  other.send("goes on");
  assert.equal(await other.message(), "goes on");
  clock.advance(10_000);
  assert.equal(await two.message(), "waits");
});

test("a poisoned message fails its own turn each time, and nobody else's", async () => {
  class Lone extends Room {
    override async onMessage(member: Member, text: string) {
      this.storage.put("last", text);
      this.broadcast(text);
      if (text === "poison") throw new Error("secret");
      member.send(`${await this.storage.get("last")}`);
    }
  }
  const { server } = serveRooms(Lone);
  const witness = await server.connect("/r");
  for (let times = 0; times < 3; times++) {
    const culprit = await server.connect("/r");
    culprit.send("poison");
    assert.equal((await culprit.closed).code, 1011);
    witness.send("fine");
    assert.deepEqual([await witness.message(), await witness.message()], ["fine", "fine"]);
  }
});

test("options out of range throw, and maxTurnBytes bounds what a turn holds and writes", async () => {
  for (const bad of [{ turnTimeoutMs: 0 }, { maxTurnBytes: 1.5 }, { idleTimeoutMs: -1 }]) {
    assert.throws(() => rooms({}, bad), { code: "INVALID_OPTION", message: /must be a whole number from/ });
  }
  class Lone extends Room {
    override onMessage(member: Member, text: string) {
      if (text === "send") member.send("x".repeat(1001));
      if (text === "put") this.storage.put("key", "x".repeat(1000));
      if (text === "over and over") {
        for (let times = 0; times < 100; times++) this.storage.put("key", "x".repeat(900));
      }
      member.send("ok");
    }
  }
  const { server } = serveRooms(Lone, { maxTurnBytes: 1000 });
  for (const text of ["send", "put"]) {
    const client = await server.connect("/r");
    client.send(text);
    assert.equal((await client.closed).code, 1011);
  }
  const client = await server.connect("/r");
  client.send("over and over");
  assert.equal(await client.message(), "ok");
});
