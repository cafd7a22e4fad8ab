import assert from "node:assert/strict";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";

/** Debian's Chromium. */
function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** One person's tab, and what can be seen in it. */
export class Tab {
  readonly page: Page;
  readonly text: Locator;
  readonly messages: Locator;
  /** What is written and has not come back from the room. */
  readonly outbox: Locator;
  readonly people: Locator;
  readonly banner: Locator;
  /** What the page complained about; a failed connection is not a fault of the page. */
  readonly faults: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.text = page.getByRole("textbox", { name: "Message" });
    this.messages = page.getByRole("log", { name: "Messages" });
    this.outbox = page.locator("#outbox");
    this.people = page.getByRole("complementary", { name: "People in this room" });
    this.banner = page.locator("#banner");
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("console", (message) => {
      const failed = /^(WebSocket connection to|Failed to load resource)/.test(message.text());
      if (message.type() === "error" && !failed) this.faults.push(message.text());
    });
  }

  async enter(name: string, room: string): Promise<void> {
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("textbox", { name: "Room" }).fill(room);
    await this.page.getByRole("button", { name: "Enter the room" }).click();
    await this.connected();
  }

  async connected(): Promise<void> {
    await this.page.getByRole("status").filter({ hasText: "Connected to room" }).waitFor();
    await this.banner.waitFor({ state: "hidden" });
  }

  async say(text: string): Promise<void> {
    await this.text.fill(text);
    await this.text.press("Enter");
  }

  async hears(text: string): Promise<void> {
    await this.messages.getByText(text, { exact: true }).waitFor();
  }

  /** The text of every message, in the order on the screen. */
  said(): Promise<string[]> {
    return this.messages.locator(".text").allTextContents();
  }

  async sees(people: readonly string[]): Promise<void> {
    await this.people
      .getByRole("heading", { name: `Here now: ${people.length}`, includeHidden: true })
      .waitFor({
        state: "attached",
      });
    assert.deepEqual((await this.people.locator("bdi").allTextContents()).sort(), [...people].sort());
  }

  /** Whether the page is wider than the screen. */
  async overflows(): Promise<boolean> {
    return await this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth;
    });
  }
}

/** A browser for one test file, and the tabs of the test that is under way. */
export class Tabs {
  #browser: Browser | undefined;
  #open: Tab[] = [];

  async launch(): Promise<void> {
    this.#browser = await launch();
  }

  async quit(): Promise<void> {
    await this.#browser?.close();
  }

  /** Opens the page as a person of their own, with no memory of earlier visits. */
  async open(url: string, options?: BrowserContextOptions): Promise<Tab> {
    const context = await this.#browser!.newContext({ reducedMotion: "reduce", locale: "en-GB", ...options });
    const tab = new Tab(await context.newPage());
    this.#open.push(tab);
    await tab.page.goto(url);
    return tab;
  }

  /** Two people in one room. */
  async meet(url: string, room: string): Promise<[Tab, Tab]> {
    const ann = await this.open(url);
    await ann.enter("Ann", room);
    const ben = await this.open(url);
    await ben.enter("Ben", room);
    await ann.sees(["Ann", "Ben"]);
    return [ann, ben];
  }

  /** Closes all tabs; fails if one of them had a fault. */
  async close(): Promise<void> {
    const tabs = this.#open;
    this.#open = [];
    for (const { page } of tabs) await page.context().close();
    assert.deepEqual(
      tabs.flatMap(({ faults }) => faults),
      [],
    );
  }
}
