import assert from "node:assert/strict";
import { test } from "node:test";
import { type Member, Room } from "wirehall";
import { HeldStorage } from "./support/held-storage.ts";
import { serveRooms } from "./support/serve.ts";

/** `put` writes and says so to all, `say` only says so; what was thrown away is seen by `get`. */
class Teller extends Room<string> {
  static gate = Promise.withResolvers<void>();
  made = 0;

  override onConnect(member: Member<string>, request: Request) {
    if (request.url.includes("?put")) this.storage.put("connected", true);
    member.send("welcome");
  }

  override async onMessage(member: Member<string>, text: string) {
    const [verb, argument] = text.split(" ");
    if (verb === "put") {
      this.storage.put("value", argument);
      member.state = argument;
      this.made++;
    }
    if (verb === "get") argument === "field" && this.broadcast(`${this.made}`);
    if (verb === "wait") {
      this.broadcast("not heard");
      await Teller.gate.promise;
      return;
    }
    if (verb === "throw") throw new Error("secret");
    if (verb === "stored") this.broadcast(`${await this.storage.get("value")} ${member.state}`);
    this.broadcast(text);
  }

  async put(value: unknown) {
    this.storage.put("value", value);
    return "put";
  }
}

async function serve() {
  const storage = new HeldStorage();
  const served = serveRooms(Teller, {}, storage);
  const one = await served.server.connect("/r");
  const two = await served.server.connect("/r");
  for (const client of [one, two]) assert.equal(await client.message(), "welcome");
  const heard: unknown[] = [];
  const listen = async () => {
    for (;;) heard.push(await two.message());
  };
  listen().catch((error) => heard.push((error as { code: string }).code));
  return { ...served, storage, one, two, heard };
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test("what a turn sends waits for what it wrote; a turn behind it that wrote nothing waits too", async () => {
  const { storage, one, heard } = await serve();
  one.send("put 1");
  one.send("say 2");
  await storage.until(1);
  await tick();
  assert.deepEqual(heard, []);
  storage.keep();
  await tick();
  assert.deepEqual(heard, ["put 1", "say 2"]);
});

test("a turn that writes nothing waits for nothing", async () => {
  const { one, heard } = await serve();
  one.send("say 1");
  await tick();
  assert.deepEqual(heard, ["say 1"]);
});

test("turns that come while others wait for their commit are handled, and read what those wrote", async () => {
  const { storage, one, heard } = await serve();
  for (const text of ["put 1", "put 2", "stored"]) one.send(text);
  await storage.until(2);
  await tick();
  assert.deepEqual(heard, []);
  storage.keep();
  await tick();
  assert.deepEqual(heard, ["put 1", "put 2", "2 2", "stored"]);
});

test("a commit that fails: nothing is released, its members are closed with 1011, the room is made anew", async () => {
  const { storage, one, server, heard, entries } = await serve();
  one.send("put 1");
  await storage.until(1);
  storage.keep();
  one.send("put 2");
  one.send("say 3");
  await storage.until(1);
  await tick();
  storage.lose(new Error("the disk is full"));
  assert.equal((await one.closed).code, 1011);
  const three = await server.connect("/r");
  three.send("get field");
  three.send("stored");
  await tick();
  assert.deepEqual(heard, ["put 1", "0", "get field", "1 undefined", "stored"]);
  assert.deepEqual(
    entries.map(({ event, message }) => [event, message]),
    [
      [
        "commit-failed",
        'room "r": what turns wrote could not be kept, and nothing of them was sent: the disk is full',
      ],
    ],
  );
});

test("writes that are refused at once fail their turn alone", async () => {
  const { storage, one, two, heard } = await serve();
  one.send("put 1");
  await storage.until(1);
  storage.refuses = true;
  one.send("put 2");
  await tick();
  storage.keep();
  assert.equal((await one.closed).code, 1011);
  storage.refuses = false;
  two.send("stored");
  await tick();
  assert.deepEqual(heard, ["put 1", "1 undefined", "stored"]);
});

test("a turn that is under way when a commit fails fails too", async () => {
  const { storage, rooms, one, two, heard, server } = await serve();
  const put = rooms.get("r").put("lost");
  await storage.until(1);
  one.send("wait");
  await tick();
  storage.lose(new Error("the disk is full"));
  await assert.rejects(put, { code: "COMMIT_FAILED", message: /the disk is full/ });
  Teller.gate.resolve();
  assert.equal((await one.closed).code, 1011);
  const three = await server.connect("/r");
  three.send("stored");
  await tick();
  assert.deepEqual(heard, ["undefined undefined", "stored"]);
  two.close();
});

test("a room that threw is made anew only when what waited before is kept or lost", async () => {
  for (const end of ["kept", "lost"]) {
    const { storage, one, two, server } = await serve();
    one.send("put 1");
    two.send("throw");
    await storage.until(1);
    const joining = server.connect("/r");
    await tick();
    if (end === "kept") storage.keep();
    else storage.lose(new Error("the disk is full"));
    const three = await joining;
    assert.equal(await three.message(), "welcome");
    three.send("get field");
    three.send("stored");
    assert.deepEqual([await three.message(), await three.message()], ["0", "get field"]);
    assert.equal(await three.message(), end === "kept" ? "1 undefined" : "undefined undefined");
  }
});

test("the answers to calls, requests and upgrades wait for the commit, and tell when it failed", async () => {
  const { storage, rooms, server } = await serve();
  const answers: unknown[] = [];
  const put = rooms.get("r").put(1);
  put.then((answer) => answers.push(answer));
  const joining = server.connect("/r?put");
  joining.then(() => answers.push("joined"));
  await storage.until(2);
  await tick();
  assert.deepEqual(answers, []);
  storage.keep();
  await Promise.all([put, joining]);
  assert.deepEqual(answers, ["put", "joined"]);
  const refused = server.connect("/r?put");
  await storage.until(1);
  storage.lose(new Error("the disk is full"));
  await assert.rejects(refused, { code: "REFUSED", message: /500/ });
});

test("whoever throws behind a turn that waits is closed after what that turn sent", async () => {
  const { storage, one, two, heard } = await serve();
  one.send("put 1");
  two.send("throw");
  await storage.until(1);
  await tick();
  assert.deepEqual(heard, []);
  storage.keep();
  assert.equal((await two.closed).code, 1011);
  await tick();
  assert.deepEqual(heard, ["put 1", "CONNECTION_CLOSED"]);
});

test("who joins behind a turn that waits does not hear what it sent", async () => {
  const { storage, one, server } = await serve();
  one.send("put 1");
  await storage.until(1);
  const joining = server.connect("/r");
  await tick();
  storage.keep();
  const late = await joining;
  one.send("say 2");
  assert.deepEqual([await late.message(), await late.message()], ["welcome", "say 2"]);
});

test("at most 256 turns of a room wait for their commit; those behind them are not handled yet", async () => {
  const { storage, one, heard } = await serve();
  for (let count = 0; count < 300; count++) one.send(`put ${count}`);
  await storage.until(256);
  await tick();
  assert.equal(storage.waiting, 256);
  storage.keep();
  await storage.until(44);
  storage.keep();
  await tick();
  assert.deepEqual(
    heard,
    Array.from({ length: 300 }, (_, count) => `put ${count}`),
  );
});

test("a member that a waiting turn has closed is not heard any more", async () => {
  class Closer extends Room {
    override onMessage(member: Member, text: string) {
      this.broadcast(text);
      if (text !== "close") return;
      this.storage.put("closed", true);
      member.close(4000);
    }
  }
  const storage = new HeldStorage();
  const { server } = serveRooms(Closer, {}, storage);
  const [one, two] = [await server.connect("/r"), await server.connect("/r")];
  one.send("close");
  one.send("not heard");
  await storage.until(1);
  storage.keep();
  two.send("heard");
  assert.deepEqual([await two.message(), await two.message()], ["close", "heard"]);
});
