import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { dialGaps, dialGapsWithoutHistory } from "../../runtimes/node/capabilities.ts";
import type { ProcessLauncher } from "../../runtimes/node/fixture.ts";
import {
  dialGaps as workersDialGaps,
  dialGapsWithoutZlib as workersDialGapsWithoutZlib,
} from "../../runtimes/workers/capabilities.ts";
import type { DialGaps } from "../../src/client/capability.ts";
import { startWorker } from "../support/worker.ts";
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
      const gaps = runtime === "deno" ? dialGapsWithoutHistory : dialGaps;
      await isStrict(gaps, (base) => run([...launcher.command(program), runtime, base, options]));
    });
  }

  for (const [name, flags, gaps] of [
    ["with nodejs_compat", ["nodejs_compat"], workersDialGaps],
    ["without", [], workersDialGapsWithoutZlib],
  ] as const) {
    test(`is strict inside a Worker ${name}`, async () => {
      const worker = await startWorker(fileURLToPath(new URL("peers/dial-worker.ts", import.meta.url)), [
        ...flags,
      ]);
      try {
        await isStrict(gaps, async (base) => {
          assert.equal(await (await worker.ask({ base, options })).text(), "done");
        });
      } finally {
        await worker.stop();
      }
    });
  }
});

/** What a client does not do of the cases is what its gaps say. */
async function isStrict(gaps: DialGaps, client: (base: string) => Promise<void>): Promise<void> {
  const { report, err } = await against(client);
  assert.ok(report !== undefined, err);
  assert.ok(report.results.length > 600);
  assert.deepEqual(others(report.results, "informational", "unimplemented"), []);
  const unimplemented = report.results.filter(({ verdict }) => verdict === "unimplemented");
  if (gaps.compression !== undefined) {
    assert.ok(unimplemented.length > 100);
    for (const { group, seen } of unimplemented)
      assert.match(seen, /does not offer permessage-deflate/, group);
    return;
  }
  assert.deepEqual(
    unimplemented.map(({ id }) => id),
    gaps.contextTakeover === undefined ? [] : takeoverCases,
  );
  for (const { seen } of unimplemented) assert.match(seen, /does not offer .* with context takeover/);
}

/** Resolves when the client has ended by itself: a connection that leaked would keep it. */
async function run(command: readonly string[]): Promise<void> {
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "ignore", "inherit"] });
  const status = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  assert.equal(status, 0);
}

function numbered(section: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${section}.${first + index}`);
}
