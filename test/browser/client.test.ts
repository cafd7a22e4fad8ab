import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import type { Client, connect, storeIn } from "wirehall/client";
import { ReferenceServer } from "../client/reference-server.ts";
import { Tabs } from "./tab.ts";

/** In the page. */
declare const wirehall: { connect: typeof connect; storeIn: typeof storeIn };
declare let client: Client;
declare let heard: unknown[];

const tabs = new Tabs();
let server: ReferenceServer;

before(() => tabs.launch());
before(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from "wirehall/client";`,
      resolveDir: join(import.meta.dirname, "../.."),
    },
    bundle: true,
    format: "iife",
    globalName: "wirehall",
    target: "es2022",
    write: false,
  });
  server = await new ReferenceServer().start();
  server.page = `<!doctype html><link rel="icon" href="data:,"><script>${outputFiles[0]?.text}</script>`;
});
after(() => tabs.quit());
after(() => server?.stop());
afterEach(() => tabs.close());

/** Joins the room by a path, with the outbox in sessionStorage, and comes back after a long while, or when on line. */
async function enter(page: Page): Promise<void> {
  await page.evaluate(() => {
    const store = wirehall.storeIn(sessionStorage, "room");
    const joined = wirehall.connect("/room", { store, firstRetryMs: 3_600_000, maxRetryMs: 3_600_000 });
    Object.assign(globalThis, { client: joined, heard: [] });
    joined.on("message", ({ data }) => heard.push(data));
  });
}

/** Takes the line away: the browser is told so, and the connection is dropped. */
async function goOffline(page: Page): Promise<void> {
  await page.context().setOffline(true);
  server.sever();
  await state(page, "offline");
}

function state(page: Page, wanted: string): Promise<unknown> {
  return page.waitForFunction((name) => client.status.state === name, wanted);
}

test("a page joins by a path, and hears text, bytes and names", async () => {
  const { page } = await tabs.open(server.url.replace("ws", "http"));
  await enter(page);
  await state(page, "open");
  const sum = await page.evaluate(async () => {
    await Promise.all([
      client.send("all é€𝄞"),
      client.send(new Uint8Array([1, 2])),
      client.send("say", "hello"),
    ]);
    return await client.call("add", 1, 2);
  });
  const all = await page.evaluate(() => heard.map((data) => (data instanceof Uint8Array ? [...data] : data)));
  assert.deepEqual([sum, all], [3, ["é€𝄞", [1, 2], "hello"]]);
});

test("a page that is off line says so, and comes back as soon as it is on line", async () => {
  const { page } = await tabs.open(server.url.replace("ws", "http"));
  await enter(page);
  await state(page, "open");
  await goOffline(page);
  await page.evaluate(() => {
    void client.send("all written off line");
  });
  server.room.broadcast({ data: "said meanwhile" });
  await page.context().setOffline(false);
  await state(page, "open");
  await page.waitForFunction(() => client.outbox.length === 0 && heard.length === 2);
  assert.deepEqual(await page.evaluate(() => heard), ["said meanwhile", "written off line"]);
});

test("what was not settled survives a reload, and is applied once", async () => {
  const { page } = await tabs.open(server.url.replace("ws", "http"));
  await enter(page);
  await state(page, "open");
  const before = server.room.applied.length;
  await goOffline(page);
  await page.evaluate(() => {
    void client.send("one");
    void client.send(new Uint8Array([255]));
  });
  await page.context().setOffline(false);
  await page.reload();
  await enter(page);
  await page.waitForFunction(() => client.status.state === "open" && client.outbox.length === 0);
  assert.deepEqual(server.room.applied.slice(before), [{ data: "one" }, { data: Uint8Array.of(255) }]);
});

test("a page that is refused knows why", async () => {
  const { page } = await tabs.open(server.url.replace("ws", "http"));
  server.refuse = { code: 3000, reason: "who are you?" };
  await enter(page);
  const error = await page.evaluate(async () => (await client.closed).error?.message);
  server.refuse = undefined;
  assert.equal(error, 'the connection ended with 3000 "who are you?"');
});
