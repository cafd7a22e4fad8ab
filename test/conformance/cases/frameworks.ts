import assert from "node:assert/strict";
import type { RawRequest } from "../../support/raw-client.ts";
import type { Answer } from "../../support/raw-http.ts";
import type { Case, Group } from "../case.ts";

type Expected = Readonly<Record<string, string | readonly string[]>>;

/** The endpoint works, and what the app set is on the 101. */
function under(name: string, request: string | RawRequest, expected: Expected = {}): Case {
  const run: Case["run"] = async (target) => {
    const { client, answer } = await target.openWithAnswer(request);
    client.text("hello");
    assert.equal(await client.message(), "hello");
    check(answer);
    client.close(1000);
    assert.equal((await client.ended()).code, 1000);
  };
  const check = (answer: Answer): void => {
    for (const [header, value] of Object.entries(expected)) {
      if (typeof value === "string") assert.equal(answer.header(header), value, header);
      else assert.deepEqual(answer.all(header), value);
    }
    assert.deepEqual(
      answer.headers.filter(([header]) => header.includes("wirehall")),
      [],
      "marks of ours",
    );
  };
  return {
    name: `apps: ${name}`,
    run,
  };
}

const inspected = (name: string, path: string, expectedPath: string, user: string | null): Case => ({
  name: `apps: ${name}`,
  async run(target) {
    const client = await target.open(path);
    client.text("?");
    const seen = JSON.parse(String(await client.message()));
    assert.equal(new URL(seen.url).pathname, expectedPath);
    assert.deepEqual(seen.data, { user });
  },
});

export const frameworks: Group = {
  title: "apps around an endpoint",
  cases: [
    under(
      "Hono's cors()",
      { path: "/hono/cors/echo" },
      {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "x-exposed",
      },
    ),
    under("Hono, a header set after next()", "/hono/after/echo", { "x-after": "set after next" }),
    under("Hono, a header set before next()", "/hono/before/echo", { "x-before": "set before next" }),
    under(
      "Hono, cookies read and set",
      { path: "/hono/cookies/echo", headers: [["cookie", "seen=x"]] },
      {
        "set-cookie": ["seen=again; Path=/; HttpOnly", "theme=dark; Path=/"],
      },
    ),
    under("Hono's secureHeaders()", "/hono/secure/echo", { "x-content-type-options": "nosniff" }),
    under("Hono, route() and basePath()", "/hono/routed/deep/echo"),
    under("Hono, mount() of another app", "/hono/mounted/deep/echo"),
    under("Hono, mount() below cors(), cookies and a header after next()", "/hono/all/echo", {
      "access-control-allow-origin": "*",
      "x-after": "set after next",
      "set-cookie": ["before=1; Path=/", "after=2; Path=/"],
    }),
    inspected(
      "Hono, mount() shows the rest of the path",
      "/hono/mounted/deep/inspect",
      "/deep/inspect",
      null,
    ),
    inspected("Hono, mount() of an endpoint itself", "/hono/mounted-plain", "/", null),
    inspected(
      "a new Request and a new Response around the endpoint's",
      "/hono/replaced/echo",
      "/hono/replaced/echo",
      "ann",
    ),
    {
      name: "apps: a header of a new Response is on the 101",
      async run(target) {
        const { answer } = await target.openWithAnswer("/hono/replaced/echo");
        assert.equal(answer.header("x-replaced"), "yes");
      },
    },
    {
      name: "apps: wirehall/hono, upgradeWebSocket sees its context, and leaves plain requests to the next handler",
      async run(target) {
        const { client, answer } = await target.openWithAnswer("/hono/helper/ann");
        assert.equal(await client.message(), "hello ann");
        client.text("hi");
        assert.equal(await client.message(), "hi");
        assert.equal(answer.header("x-after"), "set after next");
        assert.equal((await target.http("/hono/helper/ann")).body.toString(), "no WebSocket asked for");
      },
    },
    {
      name: "apps: wirehall/hono, what c.header() and setCookie() set before is on the 101",
      async run(target) {
        const { answer } = await target.openWithAnswer("/hono/helper/ann");
        assert.equal(answer.header("x-before"), "set by c.header before");
        assert.deepEqual(answer.all("set-cookie"), ["before=1; Path=/"]);
      },
    },
    {
      name: "apps: wirehall/hono, room joins a room",
      async run(target) {
        const name = target.newKey();
        const client = await target.open(`/hono-room/${name}?name=ann`);
        assert.equal(await client.message(), `welcome to ${name}, ann`);
      },
    },
    under("no framework", "/plain/echo"),
    under("no framework, the response wrapped", "/plain/wrapped", { "set-cookie": ["outer=1", "outer=2"] }),
    inspected("no framework, the request as it came", "/plain/inspect", "/plain/inspect", null),
    {
      name: "apps: no framework, refused by a check of its own",
      async run(target) {
        const answer = await target.refused("/plain/secret");
        assert.equal(answer.status, 401);
        assert.equal(answer.header("www-authenticate"), "Bearer");
        assert.equal(answer.body.toString(), "who are you?");
        const client = await target.open({
          path: "/plain/secret",
          headers: [["authorization", "Bearer right"]],
        });
        client.text("let in");
        assert.equal(await client.message(), "let in");
      },
    },
    {
      name: "apps: a fetch that throws on an upgrade is 500, without its message, and the process stays up",
      async run(target) {
        const answer = await target.refused("/plain/throws");
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.body.toString(), /secret-detail/);
        assert.equal((await target.http("/")).body.toString(), "fixture");
      },
    },
    {
      name: "apps: plain HTTP beside it",
      async run(target) {
        const answer = await target.http("/");
        assert.deepEqual([answer.status, answer.body.toString()], [200, "fixture"]);
        assert.equal((await target.http("/nowhere")).status, 404);
      },
    },
  ],
};
