import assert from "node:assert/strict";
import { test } from "node:test";
import { type CloseEnd, type Member, Room, rooms, type WirehallError } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";
import { LocalRooms } from "../../src/rooms/local/rooms.ts";
import { bindHall } from "../../src/rooms/rooms.ts";

const log = () => {};

function serveRoom(Kind: new () => Room) {
  const hall = rooms({ Kind }, { log });
  return testServer({
    fetch: (request) => hall.Kind.get(new URL(request.url).pathname.slice(1)).fetch(request),
    hall,
  });
}

test("a new member is among the members during onConnect, an old one no longer during onClose", async () => {
  const left = Promise.withResolvers<unknown[]>();
  const server = serveRoom(
    class extends Room<string> {
      override onConnect(member: Member<string>) {
        member.state = "kept";
        member.send(`${this.members.size} ${this.members.get(member.id) === member}`);
      }
      override onClose(member: Member<string>, end: CloseEnd) {
        left.resolve([this.members.size, this.members.get(member.id), member.state, end]);
      }
    },
  );
  const one = await server.connect("/r");
  const two = await server.connect("/r");
  assert.equal(await one.message(), "1 true");
  assert.equal(await two.message(), "2 true");
  two.close(4000, "bye");
  assert.deepEqual(await left.promise, [1, undefined, "kept", { code: 4000, reason: "bye", wasClean: true }]);
});

test("a response from onConnect refuses, and the member never was", async () => {
  const closes: unknown[] = [];
  const server = serveRoom(
    class extends Room {
      override onConnect(member: Member, request: Request) {
        member.send("never arrives");
        this.broadcast("someone knocked");
        return request.url.endsWith("no") ? new Response("full", { status: 409 }) : undefined;
      }
      override onMessage(member: Member) {
        member.send(`${this.members.size}`);
      }
      override onClose(member: Member) {
        closes.push(member.id);
      }
    },
  );
  const inside = await server.connect("/r");
  assert.deepEqual([await inside.message(), await inside.message()], ["never arrives", "someone knocked"]);
  await assert.rejects(
    server.connect("/r?no"),
    (error: WirehallError) => (error.cause as Response).status === 409,
  );
  assert.equal(await inside.message(), "someone knocked");
  inside.send("how many");
  assert.equal(await inside.message(), "1");
  assert.deepEqual(closes, []);
});

test("a member whose upgrade came to nothing leaves with 1006, once", async () => {
  const ends: CloseEnd[] = [];
  class Kind extends Room {
    override onClose(_member: Member, end: CloseEnd) {
      ends.push(end);
    }
  }
  const hall = rooms({ Kind });
  const server = testServer({
    async fetch(request) {
      await hall.Kind.get("r").fetch(request);
      return new Response("changed my mind", { status: 400 });
    },
    hall,
  });
  await assert.rejects(server.connect("/"), { code: "REFUSED" });
  assert.deepEqual(ends, [{ code: 1006, reason: "", wasClean: false }]);
});

test("a member whose upgrade the app holds back gets what it missed, up to 1,024 messages, else 1013", async () => {
  class Kind extends Room {
    override onMessage(_member: Member, text: string) {
      for (let index = 0; index < Number(text); index++) this.broadcast(`${index}`);
    }
  }
  for (const [count, expected] of [
    [1024, "1023"],
    [1025, 1013],
  ] as const) {
    const hall = rooms({ Kind }, { log });
    const held = Promise.withResolvers<void>();
    const joined = Promise.withResolvers<void>();
    const server = testServer({
      async fetch(request) {
        const response = await hall.Kind.get("r").fetch(request);
        if (!request.url.endsWith("late")) return response;
        joined.resolve();
        await held.promise;
        return response;
      },
      hall,
    });
    const talker = await server.connect("/");
    const late = server.connect("/late");
    await joined.promise;
    talker.send(`${count}`);
    for (let index = 0; index < count; index++) await talker.message();
    held.resolve();
    const client = await late;
    for (let index = 0; index < 1023; index++) assert.equal(await client.message(), `${index}`);
    if (expected === 1013) assert.equal((await client.closed).code, expected);
    else assert.equal(await client.message(), expected);
  }
});

test("state is a snapshot of what was assigned, and has its bounds", async () => {
  const seen: unknown[] = [];
  const server = serveRoom(
    class extends Room<unknown> {
      override onMessage(member: Member<unknown>, text: string) {
        if (text === "assign")
          member.state = { when: new Date(0), list: [1, 2], map: new Map([["k", new Set([1n])]]) };
        if (text === "mutate") (member.state as { list: number[] }).list.push(3);
        if (text === "throw") throw new Error("secret");
        if (text === "read") seen.push(member.state);
        if (text === "bad") {
          for (const bad of [() => {}, "x".repeat(8189), new Uint8Array(8188)]) {
            assert.throws(
              () => {
                member.state = bad;
              },
              { code: "INVALID_STATE" },
            );
          }
          member.state = "x".repeat(8188);
          member.send("bounded");
        }
      }
    },
  );
  const client = await server.connect("/r");
  const culprit = await server.connect("/r");
  for (const text of ["assign", "mutate", "read"]) client.send(text);
  culprit.send("throw");
  await culprit.closed;
  client.send("read");
  client.send("bad");
  assert.equal(await client.message(), "bounded");
  const kept = { when: new Date(0), list: [1, 2], map: new Map([["k", new Set([1n])]]) };
  assert.deepEqual(seen, [{ ...kept, list: [1, 2, 3] }, kept]);
});

test("binary data is a snapshot at the call", async () => {
  const server = serveRoom(
    class extends Room {
      override onMessage(member: Member, data: string | Uint8Array) {
        this.broadcast(data);
        member.send(data);
        (data as Uint8Array).fill(0);
      }
    },
  );
  const client = await server.connect("/r");
  client.send(new Uint8Array([1, 2]));
  assert.deepEqual(await client.message(), new Uint8Array([1, 2]));
  assert.deepEqual(await client.message(), new Uint8Array([1, 2]));
});

test("a request without an upgrade is onRequest's, in a turn; without an onRequest it is 426", async () => {
  const server = serveRoom(
    class extends Room {
      override async onRequest(request: Request) {
        this.broadcast(await request.text());
        return Response.json({ name: this.name, members: this.members.size });
      }
    },
  );
  const client = await server.connect("/lobby");
  const response = await server.fetch("/lobby", { method: "POST", body: "from outside" });
  assert.deepEqual(await response.json(), { name: "lobby", members: 1 });
  assert.equal(await client.message(), "from outside");
  assert.equal((await serveRoom(class extends Room {}).fetch("/r")).status, 426);
});

test("a room name of no characters, or over 512, is 400", async () => {
  const server = serveRoom(class extends Room {});
  assert.equal((await server.fetch("/")).status, 400);
  assert.equal((await server.fetch(`/${"n".repeat(513)}`)).status, 400);
});

test("a room leaves memory when it was idle, with its members connected; without any it is forgotten", async () => {
  const clock = manualClock();
  let made = 0;
  class Kind extends Room {
    readonly serial = ++made;
    override onRequest() {
      return new Response(`${this.serial}`);
    }
  }
  const hall = rooms({ Kind }, { log });
  const local = new LocalRooms(undefined, clock);
  const server = testServer({ fetch: (request) => hall.Kind.get("r").fetch(request), hall, clock });
  bindHall(hall, local.locate);
  const tick = () => new Promise((resolve) => setImmediate(resolve));
  const ask = async () => await (await server.fetch("/")).text();
  assert.equal(await ask(), "1");
  const client = await server.connect("/");
  clock.advance(9_999);
  assert.equal(await ask(), "1");
  clock.advance(10_000);
  clock.advance(10_000);
  await tick();
  assert.equal(local.size, 1);
  assert.equal(await ask(), "2");
  client.close();
  await client.closed;
  for (let times = 0; times < 3; times++) {
    clock.advance(10_000);
    await tick();
  }
  assert.equal(local.size, 0);
  assert.equal(await ask(), "3");
});

test("a member whose app answers before onConnect has settled leaves with 1006, and the room may go", async () => {
  const gate = Promise.withResolvers<void>();
  const left = Promise.withResolvers<CloseEnd>();
  class Kind extends Room {
    override onConnect() {
      return gate.promise;
    }
    override onClose(_member: Member, end: CloseEnd) {
      left.resolve(end);
    }
  }
  const hall = rooms({ Kind }, { log });
  const server = testServer({
    async fetch(request) {
      hall.Kind.get("r").fetch(request);
      return new Response("timed out", { status: 504 });
    },
    hall,
  });
  await assert.rejects(server.connect("/"), { code: "REFUSED" });
  gate.resolve();
  assert.deepEqual(await left.promise, { code: 1006, reason: "", wasClean: false });
});

test("a client whose subprotocol is refused never knocks at the room", async () => {
  const server = serveRoom(
    class extends Room {
      override onConnect() {
        assert.fail("onConnect was called");
      }
    },
  );
  await assert.rejects(server.connect("/r", { subprotocols: ["x"] }), { code: "REFUSED", message: /400/ });
});

for (const value of [false, null, "no"]) {
  test(`onConnect that returns ${JSON.stringify(value)} does not let in`, async () => {
    let sizes = "";
    const server = serveRoom(
      class extends Room {
        override onConnect(_member: Member, request: Request) {
          sizes += this.members.size;
          return request.url.endsWith("?bad") ? (value as unknown as undefined) : undefined;
        }
      },
    );
    await assert.rejects(server.connect("/r?bad"), { code: "REFUSED", message: /500/ });
    await server.connect("/r");
    assert.equal(sizes, "11");
  });
}

test("a state can't hold what not every runtime keeps alike", async () => {
  const server = serveRoom(
    class extends Room<unknown> {
      override onMessage(member: Member<unknown>) {
        for (const bad of [new Error("x"), /x/, [new Error("x")]]) {
          assert.throws(
            () => {
              member.state = bad;
            },
            { code: "INVALID_STATE" },
          );
        }
        member.send("refused");
      }
    },
  );
  const client = await server.connect("/r");
  client.send("try");
  assert.equal(await client.message(), "refused");
});

test("what is no class of rooms throws", () => {
  for (const bad of [1, () => {}, class {}]) {
    assert.throws(() => rooms({ Bad: bad as never }), {
      code: "INVALID_OPTION",
      message: /"Bad" is no class/,
    });
  }
});
