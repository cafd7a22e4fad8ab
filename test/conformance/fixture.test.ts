import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { startFixture } from "../support/fixture-process.ts";
import { RawClient } from "../support/raw-client.ts";
import { nameOf, targets } from "../support/targets.ts";

const program: string = fileURLToPath(new URL("../fixture.ts", import.meta.url));

interface Run {
  readonly code: unknown;
  readonly lines: readonly string[];
}

function run(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      assert.equal(stdout, "");
      resolve({ code: error?.code ?? 0, lines: stderr.trim().split("\n") });
    });
  });
}

const codec = ["--runtime", "node", "--transport", "codec"];
const wrong: Readonly<Record<string, { args: string[]; says: RegExp }>> = {
  "no argument": { args: [], says: /--runtime is missing; usage: / },
  "an unknown runtime": { args: ["--runtime", "rhino"], says: /--runtime cannot be "rhino"; usage: / },
  "a transport that a runtime lacks": {
    args: ["--runtime", "node", "--transport", "native", "--port", "0"],
    says: /--transport cannot be "native": node has codec$/,
  },
  "no port": { args: codec, says: /--port is missing/ },
  "a port that is none": { args: [...codec, "--port", "65536"], says: /--port cannot be "65536"/ },
  "a size that is none": { args: [...codec, "--port", "0", "--max-message-bytes", "1k"], says: /"1k"/ },
  "an unknown option": { args: ["--rutnime", "node"], says: /--rutnime/ },
};

describe("the fixture", () => {
  for (const [name, { args, says }] of Object.entries(wrong)) {
    it(`refuses ${name} in one line, with exit code 2`, async () => {
      const { code, lines } = await run(...args);
      assert.equal(code, 2);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0], says);
    });
  }

  for (const target of targets) {
    const { runtime, transport } = target;
    it(`says in one line that its port is taken, with exit code 1: ${nameOf(target)}`, async () => {
      const first = await startFixture("node", "codec");
      try {
        const where = ["--runtime", runtime, "--transport", transport, "--port", String(first.port)];
        const { code, lines } = await run(...where);
        assert.equal(code, 1);
        assert.equal(lines.length, 1, lines.join("\n"));
        assert.match(lines[0], new RegExp(`\\b${first.port}\\b.*in use`));
      } finally {
        await first.stop();
      }
    });

    for (const [how, end] of [
      ["SIGTERM", (child: ChildOf) => child.kill("SIGTERM")],
      ["the end of its standard input", (child: ChildOf) => child.closeInput()],
      ["SIGKILL", (child: ChildOf) => child.kill("SIGKILL")],
    ] as const) {
      it(`takes its program along when it ends by ${how}: ${nameOf(target)}`, async () => {
        const fixture = await startFixture(runtime, transport);
        const client = await RawClient.connect(fixture.port);
        client.writeUpgrade({ path: "/echo" }, fixture.port);
        assert.equal((await client.answer()).status, 101);
        end(fixture);
        await client.socket.wait(
          () => client.socket.end,
          () => "awaited the end of a connection whose server was to end",
        );
        client.socket.destroy();
        await fixture.stop();
        await untilRefused(fixture.port);
      });
    }
  }
});

/** A process that was killed lets go of its port when the system has cleared it away. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const error = await RawClient.connect(port).then(
      (client) => client.socket.destroy(),
      (error: NodeJS.ErrnoException) => error,
    );
    // A queue that is being torn down resets what it had taken in.
    if (error === undefined || error.code === "ECONNRESET") continue;
    assert.equal(error.code, "ECONNREFUSED");
    return;
  }
}

type ChildOf = Pick<Awaited<ReturnType<typeof startFixture>>, "kill" | "closeInput">;
