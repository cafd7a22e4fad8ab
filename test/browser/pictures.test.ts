import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { type ChatServer, startChat } from "./server.ts";
import { Tabs } from "./tab.ts";

const docs = new URL("../../docs/", import.meta.url);
const maxPictureBytes = 150_000;
const desktop: BrowserContextOptions = { viewport: { width: 960, height: 600 }, deviceScaleFactor: 1.5 };
const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 640 },
  deviceScaleFactor: 2,
  colorScheme: "dark",
};

const tabs = new Tabs();
let server: ChatServer;
before(() => tabs.launch());
before(async () => {
  server = await startChat("node");
});
after(() => tabs.quit());
after(() => server?.stop());
afterEach(() => tabs.close());

test("the pictures in docs can be taken; UPDATE_SCREENSHOTS=1 keeps them", async () => {
  const ann = await tabs.open(server.url, desktop);
  await ann.enter("Ann", "lobby");
  const ben = await tabs.open(server.url, phone);
  await ben.enter("Ben Okafor", "lobby");
  const zoe = await tabs.open(server.url);
  await zoe.enter("Zoë", "lobby");
  await ann.sees(["Ann", "Ben Okafor", "Zoë"]);

  const conversation = [
    [ben, "Morning! Where does this run?"],
    [ann, "On Node just now. An hour ago it was a Durable Object."],
    [ben, "Same file?"],
    [ann, "Same file: no build step, no second version.\nDeno and Bun take it as well."],
    [zoe, "I restart it every few minutes. Did you notice?"],
    [ben, "The page said so, and then it was back."],
    [ann, "Nothing that I wrote meanwhile was lost."],
  ] as const;
  for (const [tab, text] of conversation) {
    await tab.say(text);
    for (const other of [ann, ben, zoe]) await other.hears(text);
  }
  await ann.text.fill("Shall we try Bun next?");

  await keep("chat-light.png", await ann.page.screenshot());
  await keep("chat-dark-phone.png", await ben.page.screenshot());
});

async function keep(name: string, picture: Buffer): Promise<void> {
  assert.ok(picture.length < maxPictureBytes, `${name} has ${picture.length} bytes`);
  if (process.env.UPDATE_SCREENSHOTS === "1") await writeFile(new URL(name, docs), picture);
}
