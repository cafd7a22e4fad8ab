import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { tokenSubprotocol } from "../../../src/protocol/mod.ts";
import type { RawRequest } from "../../support/raw-client.ts";
import type { Target } from "../../support/target.ts";
import type { Case, Group } from "../case.ts";

type Headers = Readonly<Record<string, string>>;

const letIn = (name: string, path: string, replace: Headers): Case => ({
  name: `hosts: ${name} is let in`,
  async run(target) {
    const client = await target.open({ path, replace });
    assert.equal(await client.message(), "let in");
  },
});

const misdirected = (name: string, path: string, replace: Headers): Case => ({
  name: `hosts: ${name} is 421`,
  async run(target) {
    const answer = await target.refused({ path, replace });
    assert.equal(answer.status, 421);
    assert.equal(answer.body.toString(), "this endpoint does not answer to this host\n");
  },
});

/** What the connection says of its address; where nothing is trusted, what the transport sees. */
const address = (name: string, hops: number, headers: RawRequest["headers"], expected?: string): Case => ({
  name: `address: ${name}`,
  async run(target) {
    const client = await target.open({ path: `/address/${hops}`, headers });
    const seen = String(await client.message());
    if (expected !== undefined) assert.equal(seen, expected);
    else assert.ok(["unknown", "127.0.0.1", "::ffff:127.0.0.1"].includes(seen), seen);
  },
});

const spoofed: RawRequest["headers"] = [
  ["x-forwarded-for", "6.6.6.6"],
  ["x-forwarded-for", "192.0.2.7:1234"],
];

/** A token of its own for each case, and the offer with it. */
function tokenOffer(...beside: readonly string[]) {
  const token = randomBytes(12).toString("hex");
  const entry = tokenSubprotocol(token);
  const offer = beside.map((each) => (each === "TOKEN" ? entry : each)).join(", ");
  const headers: RawRequest["headers"] = [["sec-websocket-protocol", offer]];
  return { token, entry, headers };
}

/** Each way in which an offer with a token can go. */
const tokenPaths: readonly (readonly [path: string, offer: readonly string[], chosen: string | number])[] = [
  ["/subprotocol/list", ["TOKEN", "v1"], "v1"],
  ["/subprotocol/list", ["v2", "TOKEN", "v1"], "v2"],
  ["/subprotocol/list", ["TOKEN", "v9"], 400],
  ["/subprotocol/list", ["TOKEN"], 400],
  ["/subprotocol/list", ["TOKEN", "TOKEN"], 400],
  ["/subprotocol/none", ["TOKEN", "v1"], 400],
  ["/subprotocol/none", ["TOKEN"], 400],
  ["/subprotocol/required", ["TOKEN"], 400],
  ["/subprotocol/required", ["TOKEN", "v1"], "v1"],
  ["/subprotocol/chosen?choose=v1", ["TOKEN", "v1"], "v1"],
  ["/subprotocol/chosen?choose=v9", ["TOKEN", "v1"], 500],
  ["/subprotocol/chosen?choose=TOKEN", ["TOKEN", "v1"], 500],
];

const notEchoed = ([path, beside, expected]: (typeof tokenPaths)[number]): Case => ({
  name: `token: ${beside.join(", ")} at ${path} is ${expected}, and not echoed`,
  async run(target) {
    const { entry, headers } = tokenOffer(...beside);
    const client = await target.connect();
    client.writeUpgrade({ path: path.replace("TOKEN", entry), headers }, target.port);
    const answer = await client.answer();
    const chosen = answer.header("sec-websocket-protocol");
    assert.equal(answer.status === 101 ? chosen : answer.status, expected);
    const everything = JSON.stringify(answer.headers) + answer.body.toString();
    assert.equal(everything.toLowerCase().includes("wirehall.token"), false, everything);
  },
});

async function ticketOf(target: Target): Promise<string> {
  return (await target.http("/issue")).body.toString();
}

const badTicket = (name: string, reason: string, pathOf: (ticket: string) => string): Case => ({
  name: `tickets: ${name} is refused`,
  async run(target) {
    const { status, body } = await target.refused(pathOf(await ticketOf(target)));
    assert.deepEqual([status, body.toString()], [401, reason]);
  },
});

export const admission: Group = {
  title: "who may come in",
  cases: [
    letIn("one that is listed", "/hosts/listed", { host: "app.example" }),
    letIn("one that is listed, on any port", "/hosts/listed", { host: "APP.example:4430" }),
    letIn("one that is listed with its port", "/hosts/listed", { host: "localhost:8787" }),
    letIn("a page of one that is listed", "/hosts/listed", {
      host: "app.example",
      origin: "https://app.example",
    }),
    letIn("the one that a trusted proxy tells", "/hosts/proxied", { "x-forwarded-host": "app.example" }),
    misdirected("one that is not listed", "/hosts/listed", {}),
    misdirected("another port", "/hosts/listed", { host: "localhost:8788" }),
    misdirected("a name that was made to resolve to our address, with its own page,", "/hosts/listed", {
      host: "evil.example:8787",
      origin: "http://evil.example:8787",
    }),
    misdirected("a forwarded one without trust", "/hosts/listed", { "x-forwarded-host": "app.example" }),
    misdirected("a forwarded one that is not listed", "/hosts/proxied", {
      host: "app.example",
      "x-forwarded-host": "evil.example",
    }),
    ...["evil.example", "app.example"].map((first): Case => {
      const second = first === "app.example" ? "evil.example" : "app.example";
      return {
        name: `hosts: two Host lines, ${first} first, are refused`,
        async run(target) {
          const { status } = await target.refused({
            path: "/hosts/listed",
            replace: { host: first },
            headers: [["host", second]],
          });
          // 400; miniflare fails with 500 before a Worker sees it, and Cloudflare before that.
          assert.ok(status >= 400, `${status}`);
        },
      };
    }),
    address("without trust it is the peer's", 0, spoofed),
    address("behind a proxy it is what the proxy added", 1, spoofed, "192.0.2.7"),
    address("behind two proxies it is what the first added", 2, spoofed, "6.6.6.6"),
    address("of Forwarded", 1, [["forwarded", 'for=6.6.6.6, For="[2001:DB8::7]:80"']], "2001:db8::7"),
    address("that is hidden is the peer's", 1, [["forwarded", "for=_hidden"]]),
    {
      name: "cookies: the browser's cookie reaches upgrade, which decides by it",
      async run(target) {
        const client = await target.open({ path: "/account", headers: [["cookie", "a=1; session=ann"]] });
        assert.equal(await client.message(), "hello, ann");
        assert.equal((await target.refused("/account")).status, 401);
        const foreign: RawRequest["headers"] = [
          ["cookie", "session=ann"],
          ["origin", "https://evil.example"],
        ];
        assert.equal((await target.refused({ path: "/account", headers: foreign })).status, 403);
      },
    },
    ...tokenPaths.map(notEchoed),
    {
      name: "token: upgrade reads it, and the connection keeps the rest of the offer",
      async run(target) {
        const { token, headers } = tokenOffer("v1", "TOKEN", "v0");
        const client = await target.open({ path: "/token", headers });
        assert.deepEqual(JSON.parse(String(await client.message())), {
          token,
          subprotocol: "v1",
          kept: "v1, v0",
          again: null,
        });
      },
    },
    {
      name: "token: no log entry has it, whatever becomes of the offer",
      async run(target) {
        const tokens: string[] = [];
        for (const [path, beside] of tokenPaths) {
          const { token, entry, headers } = tokenOffer(...beside);
          tokens.push(token, entry.slice("wirehall.token.".length));
          const client = await target.connect();
          client.writeUpgrade({ path: path.replace("TOKEN", entry), headers }, target.port);
          await client.answer();
        }
        const { token, headers } = tokenOffer("v1", "TOKEN");
        tokens.push(token);
        const foreign = { path: "/token", replace: { origin: "https://evil.example" }, headers };
        assert.equal((await target.refused(foreign)).status, 403);
        const marker = `https://${token}-marker.example`;
        assert.equal(
          (await target.refused({ path: "/origin/default", replace: { origin: marker } })).status,
          403,
        );
        const log = await target.log(marker);
        assert.match(log, /upgrade chose/);
        assert.deepEqual(
          tokens.filter((each) => log.replaceAll(marker, "").includes(each)),
          [],
        );
      },
    },
    {
      name: "tickets: one in the URL lets in, once",
      async run(target) {
        const path = `/ticketed?ticket=${await ticketOf(target)}`;
        const client = await target.open(path);
        assert.equal(await client.message(), "hello, ann");
        const { status, body } = await target.refused(path);
        assert.deepEqual([status, body.toString()], [401, "used"]);
      },
    },
    {
      name: "tickets: one among the subprotocols lets in",
      async run(target) {
        const offer = `v1, ${tokenSubprotocol(await ticketOf(target))}`;
        const { client, answer } = await target.openWithAnswer({
          path: "/ticketed",
          headers: [["sec-websocket-protocol", offer]],
        });
        assert.equal(await client.message(), "hello, ann");
        assert.equal(answer.header("sec-websocket-protocol"), "v1");
      },
    },
    badTicket("none", "missing", () => "/ticketed"),
    badTicket("one for another path", "other-path", (ticket) => `/ticketed-elsewhere?ticket=${ticket}`),
    badTicket("one that was changed", "forged", (ticket) => {
      const at = ticket.indexOf(".", 3) + 5;
      const other = ticket[at] === "A" ? "B" : "A";
      return `/ticketed?ticket=${ticket.slice(0, at)}${other}${ticket.slice(at + 1)}`;
    }),
  ],
};
