import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { nameOf, targets } from "../support/targets.ts";
import { call } from "./caller.ts";
import { type Place, type RunningProxy, startProxy } from "./proxy.ts";

const program = process.env.NGINX ?? "/usr/sbin/nginx";

const upgradeHeaders = `
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;`;

/** How nginx is set up in front of an app; by the name of the path under which it is. */
const setups: Readonly<Record<string, string>> = {
  // Host is $proxy_host, which is the name of the app's own address.
  default: upgradeHeaders,
  "passes-host": `${upgradeHeaders}
  proxy_set_header Host $http_host;`,
  "forwards-host": `${upgradeHeaders}
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header Forwarded "";`,
  "knows-no-websocket": "",
};

const page = { host: "app.example", origin: "https://app.example" };
const stranger = { host: "app.example", origin: "https://evil.example" };

const fixtures: FixtureProcess[] = [];
let nginx: RunningProxy;

before(async () => {
  for (const { runtime, transport } of targets) fixtures.push(await startFixture(runtime, transport));
  nginx = await startProxy(program, configuration, (file, { folder }) => [
    "-c",
    file,
    "-p",
    folder,
    "-e",
    "stderr",
  ]);
});
after(async () => {
  await nginx?.stop();
  for (const fixture of fixtures) await fixture.stop();
});

for (const [index, target] of targets.entries()) {
  const url = (setup: string, path: string) => `wss://127.0.0.1:${nginx.port}/${setup}/${index}${path}`;

  describe(`behind nginx, on ${nameOf(target)}`, () => {
    test("as it is by default a page is refused, and the log says why and what to do", async () => {
      const { status } = await call(url("default", "/origin/default"), page);
      assert.equal(status, 403);
      const reason = `origin "https://app.example" is not of the host "127.0.0.1:${fixtures[index].port}"`;
      const log = await fixtures[index].log(reason);
      assert.match(
        log,
        /list it in the option origins to let it in; behind a proxy that changes Host, let it pass Host on/,
      );
    });

    test("as it is by default a native client, which has no origin, is let in", async () => {
      assert.deepEqual(await call(url("default", "/origin/default")), { status: 101, text: "echo" });
    });

    test("where it passes Host on, a page is let in, and a stranger's is not", async () => {
      assert.deepEqual(await call(url("passes-host", "/origin/default"), page), {
        status: 101,
        text: "echo",
      });
      assert.equal((await call(url("passes-host", "/origin/default"), stranger)).status, 403);
    });

    test("where it forwards the host, trustProxy lets a page in, and a stranger's not", async () => {
      const path = "/origin/proxied";
      assert.deepEqual(await call(url("forwards-host", path), page), { status: 101, text: "echo" });
      assert.equal((await call(url("forwards-host", path), stranger)).status, 403);
      const forged = {
        ...stranger,
        headers: { "x-forwarded-host": "evil.example", forwarded: "host=evil.example" },
      };
      assert.equal((await call(url("forwards-host", path), forged)).status, 403);
    });

    test("where it forwards the host without trustProxy, the log names trustProxy", async () => {
      assert.equal((await call(url("forwards-host", "/origin/default"), page)).status, 403);
      await fixtures[index].log('or set trustProxy if a proxy of yours says that the host is "app.example"');
    });

    test("trustProxy holds for the option hosts", async () => {
      assert.equal((await call(url("forwards-host", "/hosts/proxied"), page)).text, "let in");
      const other = await call(url("forwards-host", "/hosts/proxied"), { host: "other.example" });
      assert.equal(other.status, 421);
    });

    test("the client's address is what nginx saw, whatever the client says of it", async () => {
      const spoofed = {
        from: "127.0.0.2",
        headers: { "x-forwarded-for": "6.6.6.6", forwarded: "for=6.6.6.6" },
      };
      assert.equal((await call(url("forwards-host", "/address/1"), spoofed)).text, "127.0.0.2");
    });

    test("without its WebSocket headers every upgrade is 426", async () => {
      const { status, text } = await call(url("knows-no-websocket", "/origin/default"));
      assert.deepEqual([status, /Upgrade header does not say websocket/.test(text)], [426, true]);
    });
  });
}

function configuration({ folder, port, pem }: Place): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const locations = Object.entries(setups).flatMap(([name, setup]) =>
    fixtures.map(
      (fixture, index) =>
        `location /${name}/${index}/ {\n  proxy_pass http://127.0.0.1:${fixture.port}/;${setup}\n}`,
    ),
  );
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${pem};
    ssl_certificate_key ${pem};
    ${locations.join("\n    ")}
  }
}
`;
}
