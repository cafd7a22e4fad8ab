import assert from "node:assert/strict";
import type { Case, Group } from "../case.ts";

/** The same bytes as the fixture's. */
const pattern = (size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255));

const throwing = (how: string): Case => ({
  name: `refusal: upgrade that throws (${how}) is 500, tells error and nobody else`,
  async run(target) {
    const key = target.newKey();
    const answer = await target.refused(`/throwing-upgrade?key=${key}${how === "async" ? "&async=1" : ""}`);
    assert.equal(answer.status, 500);
    const everything = `${answer.body} ${JSON.stringify(answer.headers)}`;
    assert.doesNotMatch(everything, /secret-detail|\.ts|node_modules|at /);
    const [error] = await target.notes(key, 1);
    assert.deepEqual(error, { event: "error", message: `${key} secret-detail`, connection: false });
  },
});

const body = (path: string, check: (body: Buffer, status: number) => void): Case["run"] => {
  return async (target) => {
    const { body, status } = await target.refused(path);
    check(body, status);
  };
};

export const refusal: Group = {
  title: "refusal and acceptance",
  cases: [
    {
      name: "refusal: status, headers, cookies and a text body arrive",
      async run(target) {
        const answer = await target.refused("/refuse/text");
        assert.equal(answer.status, 401);
        assert.equal(answer.body.toString(), "no token, no entry");
        assert.equal(answer.header("x-reason"), "no-token");
        assert.deepEqual(answer.all("set-cookie"), ["a=1; Path=/", "b=2; Path=/"]);
        assert.equal(answer.header("sec-websocket-accept"), null);
      },
    },
    {
      name: "refusal: a body of 256 KiB arrives whole",
      run: body("/refuse/binary", (body, status) => {
        assert.equal(status, 403);
        assert.ok(body.equals(pattern(256 * 1024)), `${body.length} bytes came`);
      }),
    },
    {
      name: "refusal: a streamed body arrives whole",
      run: body("/refuse/stream", (body, status) => {
        assert.equal(status, 429);
        const letters = "abcdefghijklmnopqrst";
        assert.equal(body.toString(), [...letters].map((letter) => letter.repeat(1000)).join(""));
      }),
    },
    {
      name: "refusal: an empty body",
      run: body("/refuse/empty", (body, status) => assert.deepEqual([status, body.length], [410, 0])),
    },
    {
      name: "refusal: a redirect",
      async run(target) {
        const answer = await target.refused("/refuse/redirect");
        assert.equal(answer.status, 302);
        assert.equal(answer.header("location"), "/elsewhere");
      },
    },
    {
      name: "refusal: JSON after a wait",
      run: body("/refuse/json", (body, status) => {
        assert.deepEqual([status, JSON.parse(body.toString())], [503, { error: "later" }]);
      }),
    },
    {
      name: "refusal: by middleware, before the endpoint is asked",
      async run(target) {
        const answer = await target.refused("/refuse-before/text");
        assert.equal(answer.status, 401);
        assert.equal(answer.body.toString(), "no token, no entry");
        assert.deepEqual(answer.all("set-cookie"), ["a=1; Path=/", "b=2; Path=/"]);
        const client = await target.open({
          path: "/refuse-before/text",
          headers: [["authorization", "yes"]],
        });
        client.text("let in");
        assert.equal(await client.message(), "let in");
      },
    },
    {
      name: "refusal: a route that is not there is 404",
      run: body("/nowhere", (_body, status) => assert.equal(status, 404)),
    },
    {
      name: "refusal: handlers hear nothing of a refused connection",
      async run(target) {
        const key = target.newKey();
        await target.refused(`/refuse/text?key=${key}`);
        await target.refused(`/forgotten?key=${key}`);
        const client = await target.open(`/echo?key=${key}`);
        client.close(1000);
        await client.ended();
        const notes = await target.notes(key, 2);
        assert.deepEqual(
          notes.map(({ event }) => event),
          ["open", "close"],
        );
      },
    },
    {
      name: "refusal: an app that drops the endpoint's response refuses with its own",
      async run(target) {
        const answer = await target.refused("/forgotten?key=x");
        assert.equal(answer.status, 403);
        assert.equal(answer.body.toString(), "another answer for x");
      },
    },
    throwing("sync"),
    throwing("async"),
    {
      name: "acceptance: an upgrade that awaits lets the connection in",
      async run(target) {
        const client = await target.open("/async-upgrade");
        assert.equal(await client.message(), "32 bytes");
        client.text("hello");
        assert.equal(await client.message(), "hello");
      },
    },
    {
      name: "acceptance: headers and cookies of upgrade are on the 101",
      async run(target) {
        const { answer, client } = await target.openWithAnswer("/headers");
        assert.equal(answer.header("x-from-upgrade"), "yes");
        assert.deepEqual(answer.all("set-cookie"), ["first=1; Path=/", "second=2; Path=/"]);
        client.text("works");
        assert.equal(await client.message(), "works");
      },
    },
    {
      name: "acceptance: the 101 has what RFC 6455 asks for, and no mark of ours",
      async run(target) {
        const { answer } = await target.openWithAnswer("/echo");
        assert.match(answer.header("upgrade") ?? "", /^websocket$/i);
        assert.match(answer.header("connection") ?? "", /^upgrade$/i);
        const others = [
          "sec-websocket-protocol",
          "sec-websocket-extensions",
          "content-length",
          "transfer-encoding",
        ];
        for (const name of others) assert.equal(answer.header(name), null, name);
        assert.deepEqual(
          answer.headers.filter(([name]) => name.includes("wirehall")),
          [],
        );
      },
    },
    {
      name: "acceptance: the handler sees the request, its headers and address",
      async run(target) {
        const client = await target.open({
          path: "/inspect?a=1&b=%C3%B1",
          headers: [
            ["x-user", "ann"],
            ["cookie", "s=1"],
          ],
        });
        client.text("?");
        const seen = JSON.parse(String(await client.message()));
        assert.equal(seen.url, `http://127.0.0.1:${target.port}/inspect?a=1&b=%C3%B1`);
        assert.equal(seen.method, "GET");
        assert.deepEqual(seen.data, { user: "ann" });
        assert.equal(seen.headers.cookie, "s=1");
        assert.equal(seen.headers.host, `127.0.0.1:${target.port}`);
        assert.ok(
          [undefined, "127.0.0.1", "::ffff:127.0.0.1"].includes(seen.remoteAddress),
          seen.remoteAddress,
        );
        assert.match(seen.id, /^[\w-]{22}$/);
        const buffered = target.can("backpressure") ? 0 : "CAPABILITY";
        assert.deepEqual([seen.subprotocol, seen.bufferedAmount, seen.aborted], ["", buffered, false]);
      },
    },
  ],
};
