import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogEntry, type Member, Room, rooms } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";

/** Serves rooms of one class by their name. */
function serveRoom(Kind: new () => Room, clock = manualClock()) {
  const entries: LogEntry[] = [];
  const hall = rooms({ Kind }, { log: (entry) => entries.push(entry) });
  const server = testServer({
    fetch: (request) => hall.Kind.get(new URL(request.url).pathname.slice(1)).fetch(request),
    hall,
    clock,
  });
  return { server, entries, hall, clock };
}

test("members hear a broadcast in the order of the turns, the sender too, except whom it leaves out", async () => {
  const { server } = serveRoom(
    class extends Room {
      override onMessage(member: Member, text: string) {
        this.broadcast(`all ${text}`);
        this.broadcast(`others ${text}`, { except: member });
      }
    },
  );
  const [one, two] = [await server.connect("/r"), await server.connect("/r")];
  one.send("1");
  two.send("2");
  assert.deepEqual(
    [await one.message(), await one.message(), await one.message()],
    ["all 1", "all 2", "others 2"],
  );
  assert.deepEqual(
    [await two.message(), await two.message(), await two.message()],
    ["all 1", "others 1", "all 2"],
  );
});

test("events are handled one at a time, in the order in which they came", async () => {
  const log: string[] = [];
  const { server } = serveRoom(
    class extends Room {
      override async onMessage(member: Member, text: string) {
        log.push(`in ${text}`);
        for (let turn = Number(text); turn > 0; turn--) await Promise.resolve();
        log.push(`out ${text}`);
        member.send(text);
      }
    },
  );
  const clients = await Promise.all([5, 3, 1].map(() => server.connect("/r")));
  clients.forEach((client, index) => {
    client.send(["5", "3", "1"][index]);
  });
  assert.deepEqual(await Promise.all(clients.map((client) => client.message())), ["5", "3", "1"]);
  assert.deepEqual(log, ["in 5", "out 5", "in 3", "out 3", "in 1", "out 1"]);
});

test("nothing is released before the turn ends, and nothing of one that throws", async () => {
  const gate = Promise.withResolvers<void>();
  const { server, entries } = serveRoom(
    class extends Room<{ count: number }> {
      override onConnect(member: Member<{ count: number }>) {
        member.state = { count: 0 };
      }
      override async onMessage(member: Member<{ count: number }>, text: string) {
        if (text === "state") return member.send(`${member.state.count}`);
        member.state = { count: member.state.count + 1 };
        this.broadcast("held");
        for (const other of this.members) if (other !== member) other.close(4000, "held too");
        await gate.promise;
        if (text === "throw") throw new Error("secret");
      }
    },
  );
  const culprit = await server.connect("/r");
  const witness = await server.connect("/r");
  culprit.send("throw");
  gate.resolve();
  assert.deepEqual(await culprit.closed, { code: 1011, reason: "", wasClean: true });
  witness.send("state");
  assert.equal(await witness.message(), "0");
  assert.equal(entries.filter(({ event }) => event === "room-threw").length, 1);
});

test("a room that threw is made anew, with its members and what was kept of them", async () => {
  let made = 0;
  const { server } = serveRoom(
    class extends Room<string> {
      readonly serial = ++made;
      override onConnect(member: Member<string>, request: Request) {
        member.state = new URL(request.url).searchParams.get("name") ?? "";
      }
      override onMessage(member: Member<string>, text: string) {
        if (text === "throw") throw new Error("secret");
        member.send(`${this.serial} ${[...this.members].map(({ state }) => state).join("+")}`);
      }
    },
  );
  const a = await server.connect("/r?name=a");
  const b = await server.connect("/r?name=b");
  const culprit = await server.connect("/r?name=c");
  a.send("who");
  assert.equal(await a.message(), "1 a+b+c");
  culprit.send("throw");
  await culprit.closed;
  await Promise.resolve();
  b.send("who");
  assert.equal(await b.message(), "2 a+b");
});

test("onStart comes before the first event, once for an instance; one that throws refuses with 500", async () => {
  const calls: string[] = [];
  let fails = true;
  const { server } = serveRoom(
    class extends Room {
      override async onStart() {
        await Promise.resolve();
        calls.push("start");
        if (fails) throw new Error("secret");
      }
      override onConnect() {
        calls.push("connect");
      }
    },
  );
  await assert.rejects(server.connect("/r"), { code: "REFUSED", message: /500/ });
  fails = false;
  await Promise.all([server.connect("/r"), server.connect("/r")]);
  assert.deepEqual(calls, ["start", "start", "connect", "connect"]);
});

test("outside a turn effects throw ROOM_NO_TURN, and do nothing", async () => {
  let room: Room | undefined;
  const { server } = serveRoom(
    class extends Room {
      override onConnect(member: Member) {
        room = this;
        member.send("in");
      }
    },
  );
  const client = await server.connect("/r");
  assert.equal(await client.message(), "in");
  const [member] = room?.members ?? [];
  assert.throws(() => room?.broadcast("x"), { code: "ROOM_NO_TURN" });
  assert.throws(() => member.send("x"), { code: "ROOM_NO_TURN" });
  assert.throws(() => member.close(), { code: "ROOM_NO_TURN" });
  assert.throws(
    () => {
      member.state = 1;
    },
    { code: "ROOM_NO_TURN" },
  );
});

test("a room that is made by hand throws ROOM_NO_HOST, a hall without a server HALL_NOT_SERVED", async () => {
  class Lone extends Room {}
  assert.throws(() => new Lone(), { code: "ROOM_NO_HOST" });
  const hall = rooms({ Lone });
  await assert.rejects(hall.Lone.get("x").fetch(new Request("http://a.example/")), {
    code: "HALL_NOT_SERVED",
  });
});

test("a turn holds at most 8 MiB of effects", async () => {
  const { server, entries } = serveRoom(
    class extends Room {
      override onMessage() {
        for (;;) this.broadcast(new Uint8Array(1024 * 1024));
      }
    },
  );
  const client = await server.connect("/r");
  client.send("flood");
  assert.equal((await client.closed).code, 1011);
  assert.match(String(entries[0].error), /8388608/);
});

test("what waits of a member that another turn closed is not delivered", async () => {
  const gate = Promise.withResolvers<void>();
  const seen: string[] = [];
  const { server } = serveRoom(
    class extends Room {
      override async onMessage(member: Member, text: string) {
        seen.push(text);
        if (text !== "close the others") return member.send("heard");
        await gate.promise;
        for (const other of this.members) if (other !== member) other.close(4000, "out");
      }
    },
  );
  const closer = await server.connect("/r");
  const other = await server.connect("/r");
  closer.send("close the others");
  other.send("not heard any more");
  gate.resolve();
  assert.deepEqual(await other.closed, { code: 4000, reason: "out", wasClean: true });
  closer.send("last");
  assert.equal(await closer.message(), "heard");
  assert.deepEqual(seen, ["close the others", "last"]);
});

test("2,000 members that each say one thing during a slow turn are all heard", async () => {
  const gate = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let heard = 0;
  const { server } = serveRoom(
    class extends Room {
      override async onMessage(_member: Member, text: string) {
        if (text === "slow") await gate.promise;
        if (++heard === 2_000) all.resolve();
      }
    },
  );
  const clients = [];
  for (let index = 0; index < 2_000; index++) clients.push(await server.connect("/r"));
  clients.forEach((client, index) => {
    client.send(index === 0 ? "slow" : "one thing");
  });
  gate.resolve();
  await all.promise;
});
