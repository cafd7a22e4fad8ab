import assert from "node:assert/strict";
import { once } from "node:events";
import { request as sendRequest } from "node:http";
import { request as sendSecurely } from "node:https";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { echoOf, open, run } from "./program.ts";

const app = fileURLToPath(new URL("./app.ts", import.meta.url));

function request(
  url: string,
  options: { method?: string; body?: string } = {},
): Promise<{ status?: number; body: string }> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https") ? sendSecurely : sendRequest;
    const sent = send(
      url,
      { method: options.method ?? "GET", rejectUnauthorized: false },
      async (response) => {
        let body = "";
        for await (const part of response) body += part;
        resolve({ status: response.statusCode, body });
      },
    );
    sent.on("error", reject);
    sent.end(options.body);
  });
}

for (const { runtime, transports, command } of [node, deno, bun]) {
  for (const transport of transports) {
    for (const tls of [false, true]) {
      const name = `${runtime}/${transport}${tls ? " with TLS" : ""}`;
      test(`${name}: serves HTTP and WebSocket on one port, refuses a second server, and shuts down`, async () => {
        const vars: Record<string, string> = { TRANSPORT: transport, ...(tls && { TLS: "1" }) };
        const program = await run(command(app), vars);
        const { url } = program;
        try {
          assert.equal(url.startsWith(tls ? "https://127.0.0.1:" : "http://127.0.0.1:"), true, url);
          assert.deepEqual(await request(`${url}/`, { method: "POST", body: "whole" }), {
            status: 200,
            body: "POST whole",
          });
          assert.equal((await request(`${url}/echo`)).status, 426);
          assert.deepEqual(await request(`${url}/throw`), { status: 500, body: "Internal Server Error\n" });

          const clients = await Promise.all(Array.from({ length: 5 }, () => open(`${url}/echo`)));
          for (const client of clients) assert.equal(await echoOf(client, "through"), "through");

          const second = JSON.parse((await request(`${url}/second`)).body);
          assert.equal(second.code, "PORT_IN_USE");
          assert.match(second.message, /^port \d+ on 127\.0\.0\.1 is in use: stop the program that holds it/);

          const closes = clients.map((client) => once(client, "close"));
          await request(`${url}/shutdown`);
          for (const [code] of await Promise.all(closes)) assert.equal(code, 1012);
          assert.equal(await program.line(), "GONE");
          await assert.rejects(request(`${url}/`), { code: "ECONNREFUSED" });
        } finally {
          await program.stop();
        }
      });
    }
  }
}
