import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { nameOf, targets } from "../support/targets.ts";
import { call } from "./caller.ts";
import { type Place, type RunningProxy, startProxy } from "./proxy.ts";

const program = process.env.HAPROXY ?? "/usr/sbin/haproxy";

/** How HAProxy is set up in front of an app; by the name of the path under which it is. */
const setups: Readonly<Record<string, string>> = {
  // Host goes through as it came.
  default: "",
  "forwards-for": "option forwardfor\n  http-request del-header Forwarded",
  "forwards-in-one": `
  http-request del-header X-Forwarded-For
  http-request del-header X-Forwarded-Host
  http-request set-header Forwarded 'for="%[src]";host="%[req.hdr(Host)]";proto=https'
  http-request set-header Host app.internal`,
};

const page = { host: "app.example", origin: "https://app.example" };
const stranger = { host: "app.example", origin: "https://evil.example" };
const lies = {
  "x-forwarded-for": "6.6.6.6",
  "x-forwarded-host": "evil.example",
  forwarded: "for=6.6.6.6;host=evil.example",
};

const fixtures: FixtureProcess[] = [];
let haproxy: RunningProxy;

before(async () => {
  for (const { runtime, transport } of targets) fixtures.push(await startFixture(runtime, transport));
  haproxy = await startProxy(program, configuration, (file) => ["-db", "-f", file]);
});
after(async () => {
  await haproxy?.stop();
  for (const fixture of fixtures) await fixture.stop();
});

for (const [index, target] of targets.entries()) {
  const url = (setup: string, path: string) => `wss://127.0.0.1:${haproxy.port}/${setup}-${index}${path}`;

  describe(`behind HAProxy, on ${nameOf(target)}`, () => {
    test("as it is by default a page is let in, a stranger's is not, and a native client is", async () => {
      const path = "/origin/default";
      assert.deepEqual(await call(url("default", path), page), { status: 101, text: "echo" });
      assert.equal((await call(url("default", path), stranger)).status, 403);
      assert.deepEqual(await call(url("default", path)), { status: 101, text: "echo" });
    });

    test("with option forwardfor the client's address is what HAProxy saw", async () => {
      const spoofed = { from: "127.0.0.2", headers: lies };
      assert.equal((await call(url("forwards-for", "/address/1"), spoofed)).text, "127.0.0.2");
    });

    test("where Forwarded bears host and address, trustProxy takes both from it", async () => {
      const path = "/origin/proxied";
      assert.deepEqual(await call(url("forwards-in-one", path), { ...page, headers: lies }), {
        status: 101,
        text: "echo",
      });
      assert.equal((await call(url("forwards-in-one", path), { ...stranger, headers: lies })).status, 403);
      const from = { from: "127.0.0.2", headers: lies };
      assert.equal((await call(url("forwards-in-one", "/address/1"), from)).text, "127.0.0.2");
    });
  });
}

function configuration({ port, pem }: Place): string {
  const backends = Object.entries(setups).flatMap(([name, setup]) =>
    fixtures.map(
      (fixture, index) =>
        `backend ${name}-${index}
  http-request replace-path /[^/]+(/.*) \\1
  ${setup}
  server app 127.0.0.1:${fixture.port}`,
    ),
  );
  return `
global
  maxconn 200
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
frontend public
  bind 127.0.0.1:${port} ssl crt ${pem}
  use_backend %[path,field(2,/)]
${backends.join("\n")}
`;
}
