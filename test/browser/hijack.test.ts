import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, describe, test } from "node:test";
import { tokenSubprotocol } from "../../src/protocol/mod.ts";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { nameOf, targets } from "../support/targets.ts";
import { type Tab, Tabs } from "./tab.ts";

/** What a page's WebSocket came to: its subprotocol and first message, or the code of its end. */
interface Outcome {
  readonly opened: boolean;
  readonly subprotocol: string;
  readonly heard: string | undefined;
  readonly code: number | undefined;
}

/** Where a stranger's page may lie. Chromium keeps a cookie back from another site, but not from a neighbour. */
const strangers = [
  { where: "on another port of our host", ours: "127.0.0.1", theirs: "127.0.0.1", cookieComes: true },
  {
    where: "on another host of our site",
    ours: "app.localhost",
    theirs: "evil.app.localhost",
    cookieComes: true,
  },
  { where: "on another site", ours: "127.0.0.1", theirs: "localhost", cookieComes: false },
];

const tabs = new Tabs();
let stranger: Server;

before(() => tabs.launch());
before(async () => {
  stranger = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>a stranger's page</title>");
  });
  await once(stranger.listen(0, "127.0.0.1"), "listening");
});
after(() => tabs.quit());
after(() => stranger?.close());
afterEach(() => tabs.close());

for (const target of targets) {
  describe(`in a browser, on ${nameOf(target)}`, () => {
    let fixture: FixtureProcess;
    before(async () => {
      fixture = await startFixture(target.runtime, target.transport);
    });
    after(() => fixture?.stop());

    for (const { where, ours, theirs, cookieComes } of strangers) {
      test(`a stranger's page ${where} is refused`, async () => {
        const tab = await tabs.open(`http://${ours}:${fixture.port}/login`);
        const { port } = stranger.address() as AddressInfo;
        await tab.page.goto(`http://${theirs}:${port}/`);
        // Where every origin may connect, the stranger is taken for the user: the cookie comes with the request.
        const hijacked = await connect(tab, `ws://${ours}:${fixture.port}/account-of-any`);
        assert.equal(hijacked.heard, cookieComes ? "hello, ann" : undefined);
        const refused = await connect(tab, `ws://${ours}:${fixture.port}/account`);
        assert.deepEqual([refused.opened, refused.heard, refused.code], [false, undefined, 1006]);
        const log = await fixture.log(`origin "http://${theirs}:${port}" is not of the host`);
        assert.ok(log.includes(`host "${ours}:${fixture.port}"; list it in the option origins`), log);
      });
    }

    test("a page of its own passes, as the user", async () => {
      const tab = await tabs.open(`http://127.0.0.1:${fixture.port}/login`);
      const own = await connect(tab, `ws://127.0.0.1:${fixture.port}/account`);
      assert.equal(own.heard, "hello, ann");
    });

    test("a page whose name was made to resolve to our address passes for our own, save where hosts are listed", async () => {
      const rebound = `evil.localhost:${fixture.port}`;
      const tab = await tabs.open(`http://${rebound}/login`);
      assert.equal((await connect(tab, `ws://${rebound}/account`)).opened, true);
      assert.equal((await connect(tab, `ws://${rebound}/hosts/listed`)).opened, false);
      await fixture.log(`host "${rebound}" is not in the option hosts`);
    });

    test("a page sends a token beside a subprotocol, and gets the subprotocol alone", async () => {
      const tab = await tabs.open(`http://127.0.0.1:${fixture.port}/login`);
      const url = `ws://127.0.0.1:${fixture.port}/token`;
      const both = await connect(tab, url, [tokenSubprotocol("t0ken"), "v1"]);
      assert.deepEqual([both.subprotocol, JSON.parse(both.heard ?? "").token], ["v1", "t0ken"]);
      const alone = await connect(tab, url, [tokenSubprotocol("t0ken")]);
      assert.deepEqual([alone.opened, alone.code], [false, 1006]);
    });
  });
}

/** Connects from the page that the tab shows. */
function connect(tab: Tab, url: string, protocols: readonly string[] = []): Promise<Outcome> {
  return tab.page.evaluate(
    ([url, protocols]) =>
      new Promise<Outcome>((resolve) => {
        const socket = new WebSocket(url, [...protocols]);
        let opened = false;
        let heard: string | undefined;
        socket.onopen = () => {
          opened = true;
        };
        socket.onmessage = ({ data }) => {
          heard = data;
          socket.close();
        };
        socket.onclose = ({ code }) => resolve({ opened, subprotocol: socket.protocol, heard, code });
      }),
    [url, protocols] as const,
  );
}
