import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, test } from "node:test";
import { MAX_NAME, MAX_TEXT } from "../../examples/chat/protocol.ts";
import type { RuntimeName } from "../../src/serve.ts";
import { ask, Caller } from "./caller.ts";
import { type ChatServer, startChat } from "./server.ts";
import { Tabs } from "./tab.ts";

const runtimes: readonly RuntimeName[] = ["node", "deno", "bun", "workers"];

const tabs = new Tabs();
before(() => tabs.launch());
after(() => tabs.quit());
afterEach(() => tabs.close());

for (const runtime of runtimes) {
  describe(`the chat on ${runtime}`, () => {
    let server: ChatServer;
    before(async () => {
      server = await startChat(runtime);
    });
    after(() => server?.stop());

    test("two tabs in one room see and hear each other, in order, until one leaves", async () => {
      const [ann, ben] = await tabs.meet(server.url, "lobby");
      await ben.sees(["Ann", "Ben"]);
      await ann.messages.getByText("Ben joined").waitFor();

      const markup = '<b>bold</b><img src="x" onerror="document.title = 1">';
      const said = ["Hello, Ben", markup, "one\ntwo", "Hello, Ann", "📡 ünïcödé"];
      for (const [index, text] of said.entries()) {
        const [from, to] = index < 3 ? [ann, ben] : [ben, ann];
        await from.say(text);
        await to.hears(text);
      }
      await ben.hears("📡 ünïcödé");
      assert.deepEqual(await ann.said(), said);
      assert.deepEqual(await ben.said(), said);
      assert.equal(await ben.messages.locator("b, img").count(), 0);

      await ben.page.close();
      await ann.messages.getByText("Ben left").waitFor();
      await ann.sees(["Ann"]);
    });

    test("what is said in one room is not heard in another", async () => {
      const [ann, ben] = await tabs.meet(server.url, "first");
      const zoe = await tabs.open(server.url);
      await zoe.enter("Zoë", "second");
      await zoe.say("for the second room");
      await zoe.hears("for the second room");
      await ann.say("for the first room");
      await ben.hears("for the first room");
      assert.deepEqual(await ben.said(), ["for the first room"]);
      await zoe.sees(["Zoë"]);
    });

    test("input that can't be taken is answered in words, to its sender alone", async () => {
      const room = `${server.url}/chat/input`;
      const sender = await Caller.join(`${room}?name=Sender`);
      const other = await Caller.join(`${room}?name=Other`);
      assert.equal((await sender.next()).type, "join");

      const bad: [input: string | Uint8Array<ArrayBuffer>, answer: RegExp][] = [
        [new Uint8Array([1, 2, 3]), /takes text messages, not binary/],
        ["", /is empty/],
        [" \n ", /is empty/],
        ["{", /must be JSON/],
        ["{}", /"type"/],
        ['{"type":"message","text":7}', /"text" .* string/],
        ['{"type":"message","text":"hi","id":"<b>"}', /"id"/],
        ["x".repeat(MAX_TEXT + 1), /has 4001 characters; at most 4000/],
        ["x".repeat(100_000), /has 100000 characters/],
      ];
      for (const [input, answer] of bad) {
        sender.send(input);
        const { type, error } = await sender.next();
        assert.equal(type, "error");
        assert.match(error ?? "", answer);
      }
      sender.send(JSON.stringify({ type: "message", id: "mine", text: " " }));
      assert.deepEqual(await sender.next(), { type: "error", error: "The message is empty.", id: "mine" });

      sender.send("plain text");
      sender.send(JSON.stringify({ type: "message", id: "mine", text: "as JSON" }));
      const first = await other.next();
      assert.deepEqual([first.text, first.from?.name, typeof first.id], ["plain text", "Sender", "string"]);
      assert.deepEqual(await sender.next(), first);
      const second = await other.next();
      assert.deepEqual([second.text, second.id], ["as JSON", "mine"]);
      assert.ok(Math.abs(Date.now() - (second.at ?? 0)) < 60_000);

      sender.close();
      const left = await other.next();
      assert.deepEqual([left.type, left.who?.name], ["leave", "Sender"]);
      other.close();
    });

    test("names that can't be are refused with a status and a reason", async () => {
      const { url } = server;
      const name = await ask(`${url}/chat/input?name=${"n".repeat(MAX_NAME + 1)}`, { upgrade: true });
      assert.deepEqual(name, { status: 400, body: "A name has 1 to 32 characters.\n" });
      for (const upgrade of [true, false]) {
        const room = await ask(`${url}/chat/no%2Fgood`, { upgrade });
        assert.equal(room.status, 400);
        assert.match(room.body, /^A room's name has 1 to 32 letters/);
      }
      assert.equal((await ask(`${url}/chat/input`, { upgrade: false })).status, 426);
      assert.equal((await ask(`${url}/echo`, { upgrade: false })).status, 426);
      assert.equal((await ask(`${url}/nowhere`, { upgrade: true })).status, 404);

      const guest = await Caller.join(`${url}/chat/%C3%9Cber?name=%20%E2%80%AE`);
      assert.deepEqual([guest.welcome.room, guest.welcome.here?.[0]?.name], ["über", "guest"]);
      guest.close();
    });

    test("the echo gives back what it gets", async () => {
      const echo = new WebSocket(`${server.url.replace("http", "ws")}/echo`);
      echo.binaryType = "arraybuffer";
      await once(echo, "open");
      for (const sent of ["text", new Uint8Array([0, 255])]) {
        const answered = once(echo, "message");
        echo.send(sent);
        const [{ data }] = await answered;
        assert.deepEqual(typeof data === "string" ? data : new Uint8Array(data), sent);
      }
      echo.close();
    });
  });
}
