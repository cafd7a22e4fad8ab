import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ProcessLauncher } from "../../runtimes/node/fixture.ts";
import type { Gaps } from "../../src/endpoint/capability.ts";
import { against, others } from "./tool.ts";

const program: string = fileURLToPath(new URL("peers/dial-echo.ts", import.meta.url));
/** Everything that can be offered; the larger cases need a higher limit. */
const options = JSON.stringify({
  maxMessageBytes: 16 * 1024 * 1024,
  compression: { contextTakeover: true, thresholdBytes: 0 },
});

/** The cases in which the server's messages refer to those before them. */
const takeoverCases = [...numbered("10.1", 1, 20), ...numbered("10.2", 9, 16)];

describe("dial, by all cases of the conformance tool for clients", { concurrency: 3 }, () => {
  for (const runtime of ["node", "deno", "bun"]) {
    test(`is strict on ${runtime}`, async () => {
      const { launcher } = (await import(`../../runtimes/${runtime}/fixture.ts`)) as {
        launcher: ProcessLauncher;
      };
      const { capabilities } = (await import(`../../runtimes/${runtime}/capabilities.ts`)) as {
        capabilities: { codec: Gaps };
      };
      const { report, err } = await against((base) =>
        run([...launcher.command(program), runtime, base, options]),
      );
      assert.ok(report !== undefined, err);
      assert.ok(report.results.length > 600);
      assert.deepEqual(others(report.results, "informational", "unimplemented"), []);
      const unimplemented = report.results.filter(({ verdict }) => verdict === "unimplemented");
      const gap = capabilities.codec.contextTakeover;
      assert.deepEqual(
        unimplemented.map(({ id }) => id),
        gap === undefined ? [] : takeoverCases,
      );
      for (const { seen } of unimplemented) assert.match(seen, /does not offer .* with context takeover/);
    });
  }
});

/** Resolves when the client has ended by itself: a connection that leaked would keep it. */
async function run(command: readonly string[]): Promise<void> {
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "ignore", "inherit"] });
  const status = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  assert.equal(status, 0);
}

function numbered(section: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${section}.${first + index}`);
}
