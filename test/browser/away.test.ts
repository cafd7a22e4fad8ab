import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { type ChatServer, startChat } from "./server.ts";
import { type Tab, Tabs } from "./tab.ts";

const tabs = new Tabs();
let server: ChatServer;
before(() => tabs.launch());
before(async () => {
  server = await startChat("node");
});
after(() => tabs.quit());
after(() => server?.stop());
afterEach(() => tabs.close());

test("when the server is killed the page says so, keeps what is written, and comes back", async () => {
  const [ann, ben] = await tabs.meet(server.url, "restart");
  await ann.say("before");
  await ben.hears("before");
  await ann.text.fill("half a thought");

  await server.kill();
  await ann.banner.getByText("Connection lost.").waitFor();
  await ben.banner.getByText("Connection lost.").waitFor();
  await ann.people.getByText("Who was here").waitFor();
  await ben.say("meanwhile");
  await ben.say("and then");
  await ben.outbox.getByText("Not sent yet").nth(1).waitFor();
  assert.deepEqual(await ben.said(), ["before"]);

  server = await startChat("node", server.port);
  await ann.connected();
  await ben.connected();
  await ann.messages.getByText("You are back.").waitFor();
  await ben.hears("and then");
  assert.equal(await ben.outbox.getByText("Not sent yet").count(), 0);
  assert.deepEqual(await ben.said(), ["before", "meanwhile", "and then"]);
  assert.equal(await ann.text.inputValue(), "half a thought");
  await ann.text.press("Enter");
  await ben.hears("half a thought");
});

test("a message that waits can be taken back, and outlives leaving the room and a reload", async () => {
  const tab = await tabs.open(server.url);
  await tab.enter("Ann", "outbox");
  await server.kill();
  await tab.banner.getByText("Connection lost.").waitFor();
  await tab.say("first");
  await tab.say("second");
  await tab.outbox.getByText("Not sent yet").nth(1).waitFor();
  await tab.outbox.getByRole("button", { name: "Edit" }).first().click();
  assert.equal(await tab.text.inputValue(), "first");

  await tab.page.getByRole("button", { name: "Leave" }).click();
  await tab.page.getByText("Unsent in outbox: 1.").waitFor();
  server = await startChat("node", server.port);
  await tab.page.reload();
  await tab.page.getByText("Unsent in outbox: 1.").waitFor();
  await tab.enter("Ann", "outbox");
  await tab.hears("second");
  assert.deepEqual(await tab.said(), ["second"]);
  assert.equal(await tab.text.inputValue(), "first");
});

test("after an orderly restart, too, the page comes back by itself", async () => {
  const [ann, ben] = await tabs.meet(server.url, "orderly");
  await server.stop();
  await ann.banner.getByText("Connection lost.").waitFor();
  server = await startChat("node", server.port);
  await ann.connected();
  await ben.connected();
  await ann.sees(["Ann", "Ben"]);
  await ben.say("still here");
  await ann.hears("still here");
});

test("the button reconnects at once", async () => {
  const tab = await loseServerWithStoppedClock();
  server = await startChat("node", server.port);
  await tab.page.getByRole("button", { name: "Reconnect now" }).click();
  await tab.connected();
});

test("the page says that the device is offline, and reconnects at once when it no longer is", async () => {
  const tab = await loseServerWithStoppedClock();
  await tab.page.context().setOffline(true);
  await tab.banner.getByText("You are offline.").waitFor();
  server = await startChat("node", server.port);
  await tab.page.context().setOffline(false);
  await tab.connected();
});

/** With its clock stopped, the page cannot reconnect because a time has passed. */
async function loseServerWithStoppedClock(): Promise<Tab> {
  const tab = await tabs.open("about:blank");
  await tab.page.clock.install({ time: 0 });
  await tab.page.goto(server.url);
  await tab.enter("Ann", "clock");
  await tab.page.clock.pauseAt(3_600_000);
  await server.kill();
  await tab.banner.getByText("Connection lost.").waitFor();
  return tab;
}
