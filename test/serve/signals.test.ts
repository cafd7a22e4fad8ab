import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { echoOf, open } from "./program.ts";

const app = fileURLToPath(new URL("./signalled.ts", import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  /** Resolves with the line once the program has printed it. */
  printed(line: string): Promise<void>;
  /** What it ended with. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

async function start(command: readonly string[], vars: Record<string, string>): Promise<Running> {
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, ...vars },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal }));
  const lines: string[] = [];
  const changed = new EventTarget();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    changed.dispatchEvent(new Event("line"));
  });
  const until = async (find: () => string | undefined): Promise<string> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await Promise.race([
        once(changed, "line"),
        ended.then(() => assert.ok(find() !== undefined, `it ended, having printed ${lines.join(", ")}`)),
      ]);
    }
  };
  const first = await until(() => lines.find((line) => line.startsWith("FIXTURE ")));
  return {
    child,
    url: first.split(" ")[2],
    ended,
    async printed(line) {
      await until(() => lines.find((one) => one === line));
    },
  };
}

async function withProgram(
  command: readonly string[],
  vars: Record<string, string>,
  use: (program: Running) => Promise<void>,
): Promise<void> {
  const program = await start(command, vars);
  try {
    await use(program);
  } finally {
    program.child.kill("SIGKILL");
    await program.ended;
  }
}

describe("signals", { concurrency: 2 }, () => {
  for (const { runtime, transports, command } of [node, deno, bun]) {
    for (const transport of transports) {
      const name = `${runtime}/${transport}`;
      const run = (vars: Record<string, string>, use: (program: Running) => Promise<void>) =>
        withProgram(command(app), { TRANSPORT: transport, ...vars }, use);

      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        test(`${name}: ${signal} closes with 1012, finishes requests and handlers, and exits with 0`, () =>
          run({}, async ({ child, url, printed, ended }) => {
            const clients = await Promise.all(Array.from({ length: 20 }, () => open(`${url}/echo`)));
            clients.push(await open(`${url}/lasting`));
            assert.equal(await echoOf(clients[0], "here"), "here");
            const late = fetch(`${url}/late`);
            await printed("ASKED");
            const closes = clients.map((client) => once(client, "close"));
            child.kill(signal);
            for (const [code, reason] of await Promise.all(closes)) {
              assert.equal(code, 1012);
              assert.match(String(reason), /^retry=\d+$/);
            }
            assert.equal(await (await late).text(), "the whole answer");
            assert.deepEqual(await ended, { code: 0, signal: null });
            await printed("CLOSED 1012");
          }));
      }

      test(`${name}: a handler that never ends is cut off after shutdownMs, and the process exits with 1`, () =>
        run({ SHUTDOWN_MS: "700" }, async ({ child, url, ended }) => {
          const client = await open(`${url}/endless`);
          child.kill("SIGTERM");
          await once(client, "close");
          assert.deepEqual(await ended, { code: 1, signal: null });
        }));

      test(`${name}: a second signal ends the process at once`, () =>
        run({ SHUTDOWN_MS: "60000" }, async ({ child, url, ended }) => {
          const client = await open(`${url}/endless`);
          child.kill("SIGTERM");
          await once(client, "close");
          child.kill("SIGTERM");
          assert.deepEqual(await ended, { code: 143, signal: null });
        }));

      test(`${name}: with signals: false a signal does what it does without a server`, () =>
        run({ SIGNALS: "0" }, async ({ child, ended }) => {
          child.kill("SIGTERM");
          assert.deepEqual(await ended, { code: null, signal: "SIGTERM" });
        }));

      test(`${name}: where the app listens itself, the end of the process is its own`, () =>
        run({ OWN: "7" }, async ({ child, url, printed, ended }) => {
          const client = await open(`${url}/lasting`);
          child.kill("SIGTERM");
          const [code] = await once(client, "close");
          assert.equal(code, 1012);
          assert.deepEqual(await ended, { code: 7, signal: null });
          await printed("OWN");
          await printed("CLOSED 1012");
        }));

      test(`${name}: after a shutdown without a signal nothing keeps the process, which ends by itself`, () =>
        run({}, async ({ url, printed, ended }) => {
          const client = await open(`${url}/echo`);
          const closed = once(client, "close");
          await fetch(`${url}/shutdown`);
          await closed;
          await printed("GONE");
          assert.deepEqual(await ended, { code: 0, signal: null });
        }));
    }
  }
});
