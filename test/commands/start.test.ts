import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Command, stillRunning } from "./command.ts";

const transports = { node: "codec", deno: "codec", bun: "native", workers: "native" };

describe("npm start refuses in one line", () => {
  const refused: Readonly<Record<string, readonly [args: readonly string[], says: RegExp]>> = {
    "an unknown runtime": [
      ["--runtime", "php"],
      /--runtime cannot be "php": give node, deno, bun or workers/,
    ],
    "a runtime's name in capitals": [["--runtime", "Node"], /--runtime cannot be "Node"/],
    "a port that is no number": [
      ["--port", "http"],
      /--port cannot be "http": give a number from 0 to 65535/,
    ],
    "a port above 65535": [["--port", "65536"], /--port cannot be "65536"/],
    "a negative port": [["--port=-1"], /--port cannot be "-1"/],
    "a port that is not whole": [["--port", "80.5"], /--port cannot be "80.5"/],
    "an empty port": [["--port="], /--port cannot be ""/],
    "a port without its number": [["--port"], /--port.*usage: npm start --/],
    "an unknown option": [["--transport", "codec"], /Unknown option '--transport'; usage: npm start --/],
    "an argument that is no option": [["deno"], /Unexpected argument 'deno'; usage: npm start --/],
  };
  for (const [name, [args, says]] of Object.entries(refused)) {
    test(name, async () => {
      const { code, out, err } = await start(args).ended;
      assert.deepEqual({ code, out, lines: err.split("\n").length }, { code: 2, out: "", lines: 2 });
      assert.match(err, says);
    });
  }

  test("a PORT in the environment that is no port", async () => {
    const { code, err } = await start([], { PORT: "none" }).ended;
    assert.equal(code, 2);
    assert.match(err, /^start: PORT cannot be "none": [^\n]*\n$/);
  });
});

for (const [runtime, transport] of Object.entries(transports)) {
  describe(`npm start on ${runtime}`, () => {
    let server: Command;
    let url: string;
    let port: string;

    before(async () => {
      server = start(["--runtime", runtime, "--port", "0"]);
      const line = await server.line(/http:/);
      [url, port] = /http:\/\/[^ ]+:(\d+)/.exec(line) ?? assert.fail(line);
      assert.ok(
        line.includes(runtime) && line.includes(transport),
        `runtime and transport are missing: ${line}`,
      );
    });
    after(() => server.stop("SIGTERM"));

    test("prints the address, the runtime and the transport, and answers there", async () => {
      const response = await fetch(url);
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      assert.match(await response.text(), /<!doctype html>/i);
    });

    test("says in one line that the port is in use", async () => {
      const second = await start(["--runtime", runtime, "--port", port]).ended;
      assert.equal(second.code, 1);
      assert.equal(second.out, "");
      assert.match(second.err, new RegExp(`^[^\\n]*port ${port} on 127\\.0\\.0\\.1 is in use: [^\\n]*\\n$`));
    });

    test("ends on SIGTERM with all that it started", async () => {
      const processes = server.processes();
      assert.ok(processes.length > 1, "it started nothing");
      const { code, signal, err } = await server.stop("SIGTERM");
      assert.deepEqual({ code, signal, err }, { code: 0, signal: null, err: "" });
      assert.deepEqual(stillRunning(processes), []);
      await assert.rejects(fetch(url));
    });
  });
}

test("npm start ends on SIGINT with all that it started", async () => {
  const server = start(["--port", "0"]);
  await server.line(/http:/);
  const processes = server.processes();
  assert.equal((await server.stop("SIGINT")).code, 0);
  assert.deepEqual(stillRunning(processes), []);
});

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  return new Command(process.execPath, ["scripts/start.ts", ...args], { env: { PORT: undefined, ...env } });
}
