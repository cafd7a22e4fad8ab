import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { type Results, reportTo, resultsOf } from "../scripts/results.ts";

const folder = mkdtempSync(join(tmpdir(), "wirehall-results-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const runners = {
  node: ["node", "--test"],
  deno: ["deno", "test", "--quiet", "--allow-all", "--no-check"],
  bun: ["bun", "test"],
};

const mixed = `
import { test } from "node:test";
test("passes", () => {});
test("passes too", () => {});
test("fails", () => { throw new Error("on purpose"); });
`;

for (const kind of ["node", "deno", "bun"] as const) {
  test(`what passed and what failed on ${kind} is counted`, () => {
    assert.deepEqual(resultsOfRun(kind, mixed), { passed: 2, failed: 1, skipped: 0 });
  });

  test(`a file that does not load on ${kind} is a failure`, () => {
    const { passed, failed } = resultsOfRun(kind, `throw new Error("on purpose");`);
    assert.deepEqual({ passed, failed: Math.min(failed, 1) }, { passed: 0, failed: 1 });
  });
}

test("a runner that leaves no report is a failure", () => {
  assert.deepEqual(resultsOf("node", join(folder, "nothing"), true), { passed: 0, failed: 1, skipped: 0 });
});

test("a runner that fails though every test passed is a failure", () => {
  const report = join(folder, "passed");
  writeFileSync(report, `{"passed":3,"failed":0,"skipped":0}`);
  assert.deepEqual(resultsOf("node", report, true), { passed: 3, failed: 0, skipped: 0 });
  assert.deepEqual(resultsOf("node", report, false), { passed: 3, failed: 1, skipped: 0 });
});

test("a check is one result", () => {
  assert.deepEqual(resultsOf("check", "", true), { passed: 1, failed: 0, skipped: 0 });
  assert.deepEqual(resultsOf("check", "", false), { passed: 0, failed: 1, skipped: 0 });
});

function resultsOfRun(kind: keyof typeof runners, source: string): Results {
  const file = join(folder, `${kind}.test.mjs`);
  const report = join(folder, `${kind}.report`);
  writeFileSync(file, source);
  rmSync(report, { force: true });
  const [program, ...args] = runners[kind];
  const binaries = join(import.meta.dirname, "../node_modules/.bin");
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawnSync(join(binaries, program), [...args, ...reportTo(kind, report), file], {
    cwd: folder,
    env: { ...env, PATH: `${binaries}${delimiter}${process.env.PATH}` },
  });
  return resultsOf(kind, report, run.status === 0);
}
