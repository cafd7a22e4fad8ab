import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { TestProxy } from "../client/proxy-server.ts";

const program = fileURLToPath(new URL("dial-once.ts", import.meta.url));

async function dialOnce(
  [file, ...args]: readonly string[],
  variables: Record<string, string>,
): Promise<string> {
  const env = { ...process.env, ...variables };
  return (await promisify(execFile)(file, args, { env })).stdout.trim();
}

for (const { runtime, command } of [node, deno, bun]) {
  test(`${runtime}: dial goes through the proxy of its environment, and past it for NO_PROXY`, async () => {
    const proxy = await TestProxy.start({ authorization: "Basic none" });
    try {
      const variables = { HTTPS_PROXY: proxy.url, https_proxy: "", NO_PROXY: "", no_proxy: "" };
      const run = [...command(program), runtime];
      assert.match(await dialOnce(run, variables), /^the proxy 127\.0\.0\.1:\d+ answered 407/);
      assert.match(proxy.heads.join(), /^CONNECT chat\.invalid:443 /);
      assert.match(
        await dialOnce(run, { ...variables, NO_PROXY: ".invalid" }),
        /^can't connect to chat\.invalid: /,
      );
      assert.equal(proxy.heads.length, 1);
    } finally {
      await proxy.stop();
    }
  });
}

test("deno: without leave to read the environment dial does without, and asks for none", async () => {
  const [binary] = deno.command(program);
  const run = (...flags: string[]) =>
    dialOnce(
      [binary, "run", "--no-prompt", "--no-check", "--allow-net", "--allow-read", ...flags, program, "deno"],
      {
        HTTPS_PROXY: "http://127.0.0.1:1",
        https_proxy: "",
      },
    );
  assert.match(await run(), /^can't connect to chat\.invalid: /);
  assert.match(await run("--allow-env=HTTPS_PROXY"), /^can't connect to the proxy 127\.0\.0\.1:1: /);
});
