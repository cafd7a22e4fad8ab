import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { MAX_TEXT } from "../../examples/chat/protocol.ts";
import { type ChatServer, startChat } from "./server.ts";
import { Tabs } from "./tab.ts";

const phone: BrowserContextOptions = { viewport: { width: 360, height: 640 } };
const longWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2);

const tabs = new Tabs();
let server: ChatServer;
before(() => tabs.launch());
before(async () => {
  server = await startChat("node");
});
after(() => tabs.quit());
after(() => server?.stop());
afterEach(() => tabs.close());

test("the page comes with headers that let in nothing but itself", async () => {
  const answer = await fetch(server.url);
  const page = await answer.text();
  const policy = answer.headers.get("content-security-policy") ?? "";
  const nonce = /script-src 'nonce-([^']{16,})'/.exec(policy)?.[1];
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.ok(nonce !== undefined && page.includes(`<script type="module" nonce="${nonce}">`));
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//);
});

test("the keyboard alone suffices, and its focus can be seen", async () => {
  const tab = await tabs.open(server.url, phone);
  const { keyboard } = tab.page;
  await keyboard.type("Kay");
  await keyboard.press("Tab");
  await keyboard.press("ControlOrMeta+a");
  await keyboard.type("Keys only");
  await keyboard.press("Enter");
  await tab.connected();
  assert.match(tab.page.url(), /#keys-only$/);

  await keyboard.type("first line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("second line");
  await keyboard.press("Enter");
  await tab.hears("first line\nsecond line");
  assert.deepEqual(await tab.said(), ["first line\nsecond line"]);

  await keyboard.press("Shift+Tab");
  assert.equal(await focused(tab.page), "Conversation");
  await keyboard.press("Shift+Tab");
  assert.equal(await focused(tab.page), "1 here");
  await keyboard.press("Enter");
  await tab.people.waitFor({ state: "visible" });
  await keyboard.press("Escape");
  await tab.people.waitFor({ state: "hidden" });
  assert.equal(await focused(tab.page), "1 here");
  await keyboard.press("Escape");
  assert.equal(await focused(tab.page), "Message");
  await keyboard.press("Tab");
  assert.equal(await focused(tab.page), "Send");

  for (let presses = 0; presses < 4; presses += 1) await keyboard.press("Shift+Tab");
  assert.equal(await focused(tab.page), "Leave");
  await keyboard.press("Enter");
  await tab.page.getByRole("button", { name: "Enter the room" }).waitFor();
  assert.equal(await focused(tab.page), "Room");
});

/** The name of what has the focus; fails if nothing shows that it has. */
async function focused(page: Page): Promise<string> {
  const { name, outline } = await page.evaluate(() => {
    const active = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLElement> };
    const name = active.ariaLabel ?? active.labels?.[0]?.textContent ?? active.textContent;
    const { outlineStyle, outlineWidth } = getComputedStyle(active);
    return { name: name.trim(), outline: `${outlineStyle} ${outlineWidth}` };
  });
  assert.match(outline, /^solid [1-9]/, `${name} shows no focus`);
  return name;
}

test("on a phone nothing is wider than the screen", async () => {
  const tab = await tabs.open(`${server.url}/#${"r".repeat(32)}`, phone);
  assert.equal(await tab.overflows(), false, "the form");
  await tab.enter("N".repeat(32), "r".repeat(32));
  assert.equal(await tab.overflows(), false, "the empty room");
  const other = await tabs.open(server.url, phone);
  await other.enter("M".repeat(32), "r".repeat(32));
  await other.say(longWord);
  await tab.hears(longWord);
  await tab.say(`${longWord}!`);
  await tab.hears(`${longWord}!`);
  assert.equal(await tab.overflows(), false, "a long word");
  await tab.page.getByRole("button", { name: "2 here" }).click();
  await tab.people.waitFor({ state: "visible" });
  assert.equal(await tab.overflows(), false, "who is here");
  for (const name of ["Leave", "2 here", "Send"]) {
    const box = await tab.page.getByRole("button", { name }).boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 640, name);
  }
});

test("bad names are explained, and nothing is cut off silently", async () => {
  const tab = await tabs.open(`${server.url}/#no/good`);
  const enter = tab.page.getByRole("button", { name: "Enter the room" });
  await enter.click();
  await tab.page.getByText("Please enter a name.").waitFor();
  await tab.page.getByText("A room's name has 1 to 32 letters").waitFor();
  await tab.page.getByLabel("Your name").fill("n".repeat(33));
  await enter.click();
  await tab.page.getByText("A name has 1 to 32 characters.").waitFor();
  await tab.enter("  Ann\t Lee ", " #Lobby ");
  await tab.sees(["Ann Lee"]);

  const long = "x".repeat(MAX_TEXT + 1);
  await tab.say(long);
  await tab.page.getByText("Too long by 1 character.").waitFor();
  assert.equal(await tab.text.inputValue(), long);
  await tab.say(long.slice(1));
  await tab.hears(long.slice(1));
});

test("name, room and an unfinished message come back after a reload", async () => {
  const tab = await tabs.open(server.url);
  await tab.enter("Ann", "memory");
  await tab.text.fill("unfinished");
  await tab.page.reload();
  await tab.connected();
  await tab.sees(["Ann"]);
  assert.equal(await tab.text.inputValue(), "unfinished");
  await tab.page.getByRole("button", { name: "Leave" }).click();
  assert.equal(await tab.page.getByLabel("Your name").inputValue(), "Ann");
  assert.equal(await tab.page.getByRole("textbox", { name: "Room" }).inputValue(), "memory");
  await tab.page.goBack();
  await tab.connected();
});

test("a reader stays where they are, and is told of new messages", async () => {
  const [ann, ben] = await tabs.meet(server.url, "long");
  for (let line = 1; line <= 40; line += 1) await ben.say(`line ${line}`);
  await ann.hears("line 40");
  const conversation = ann.page.getByRole("region", { name: "Conversation" });
  const bottom = () =>
    conversation.evaluate((area) => area.scrollHeight - area.scrollTop - area.clientHeight);
  assert.ok((await bottom()) < 2, "a reader at the bottom stays there");

  await conversation.focus();
  await ann.page.keyboard.press("Home");
  await conversation.evaluate((area) =>
    area.scrollTop === 0 ? undefined : new Promise((resolve) => area.addEventListener("scrollend", resolve)),
  );
  await ben.say("one more");
  const newer = ann.page.getByRole("button", { name: "1 new message" });
  await newer.waitFor();
  assert.equal(await conversation.evaluate((area) => area.scrollTop), 0);
  await newer.click();
  await newer.waitFor({ state: "hidden" });
  assert.ok((await bottom()) < 2);
});
