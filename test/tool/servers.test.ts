import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { casesFor } from "../../tool/conformance/cases/all.ts";
import type { Result } from "../../tool/conformance/run-case.ts";
import { startFixture } from "../support/fixture-process.ts";
import { everyTarget, gapsOf, nameOf, type TargetName, targets } from "../support/targets.ts";
import { casesOf, drawServers, shortfallsById } from "./servers.ts";
import { shortfalls } from "./shortfalls.ts";
import { resultsOf } from "./tool.ts";

const echo = fileURLToPath(new URL("./peers/wirehall-echo.ts", import.meta.url));
const page = new URL("../../docs/conformance/servers.md", import.meta.url);

const limit = ["--compress", "--max-message-bytes", String(16 * 1024 * 1024)];

async function resultsFor({ runtime, transport }: TargetName): Promise<readonly Result[]> {
  const server = await startFixture(runtime, transport, [...limit, "--app", echo]);
  try {
    return await resultsOf(server.port, []);
  } finally {
    await server.stop();
  }
}

describe("Wirehall as a server is strict in every case, save where its runtime has a gap", {
  concurrency: 2,
}, () => {
  for (const target of targets) {
    test(nameOf(target), async () => {
      const results = await resultsFor(target);
      assert.equal(results.length, casesFor("server").length);
      const byId = shortfallsById(nameOf(target));
      const others = results.flatMap(({ id, title, verdict, seen }) => {
        const shortfall = byId.get(id);
        const passes =
          shortfall === undefined
            ? verdict === "strict" || verdict === "informational"
            : verdict === shortfall.verdict || (verdict === "strict" && shortfall.sometimes);
        return passes
          ? []
          : [`${id} ${title} is ${verdict}, and not ${shortfall?.verdict ?? "strict"}: ${seen}`];
      });
      assert.deepEqual(others, []);
      const verdicts = new Map(results.map(({ id, verdict }) => [id, verdict]));
      const stale = shortfalls[nameOf(target)].filter((shortfall) =>
        casesOf(shortfall).every(({ id }) => verdicts.get(id) === "strict"),
      );
      assert.deepEqual(stale, []);
    });
  }
});

test("every shortfall has cases, and is a gap of its target that has a reason", async () => {
  assert.deepEqual(Object.keys(shortfalls).sort(), everyTarget.map(nameOf).sort());
  for (const target of everyTarget) {
    const gaps = await gapsOf(target);
    for (const { gap, cases } of shortfalls[nameOf(target)]) {
      assert.ok(gap === undefined || gaps[gap] !== undefined, `${nameOf(target)} has no gap named ${gap}`);
      for (const one of cases) assert.ok(casesOf({ verdict: "failed", cases: [one] }).length > 0, one);
    }
  }
});

test("docs/conformance/servers.md is what the tests know (UPDATE_DOCS=1 draws it anew)", async () => {
  const drawn = await drawServers();
  if (process.env.UPDATE_DOCS === "1") writeFileSync(page, drawn);
  assert.equal(readFileSync(page, "utf8"), drawn);
});
