import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Result } from "../../tool/conformance/run-case.ts";
import { others } from "../tool/tool.ts";
import { Copies } from "./copy.ts";
import { blind, deadlineMs, judges, type Trial, tellers, trialOf } from "./judge.ts";
import { type Mutant, seed } from "./mutant.ts";
import { groups } from "./mutants/all.ts";
import { table } from "./table.ts";

/** Most of a mutant's time is that of starting its process. */
const concurrency = 3;

const mutants = groups.flatMap((group) => group.mutants);
const copies = new Copies();
const told = new Map<Mutant, readonly Result[]>();
const faultless = judgeFaultless();

/** What the tool finds without a fault, in all cases that are to tell one. */
async function judgeFaultless(): Promise<ReadonlyMap<string, readonly Result[]>> {
  const results = new Map<string, readonly Result[]>();
  for (const [place, trials] of Map.groupBy(mutants.map(trialOf), placeOf)) {
    const only = [...new Set(trials.flatMap((trial) => trial.only))];
    const trial = { ...trials[0], only, timeoutMs: deadlineMs };
    results.set(place, await copies.lend((copy) => judge(copy, trial)));
  }
  return results;
}

function placeOf({ role, path }: Trial): string {
  return `${role} ${path}`;
}

function judge(copy: string, trial: Trial): Promise<readonly Result[]> {
  return judges[trial.role](copy, { NODE_COMPILE_CACHE: copies.compiled }, trial);
}

async function tellersOf(mutant: Mutant): Promise<readonly Result[]> {
  const trial = trialOf(mutant);
  const without = (await faultless).get(placeOf(trial)) ?? [];
  const strict = new Set(without.filter(({ verdict }) => verdict === "strict").map(({ id }) => id));
  const results = await copies.lend(async (copy) => {
    const mend = seed(copy, mutant);
    return await judge(copy, trial).finally(mend);
  });
  return tellers(mutant, results, (id) => strict.has(id));
}

after(() => copies.remove());

describe("the conformance tool", { concurrency }, () => {
  after(() => {
    console.log(`\n${table(groups, told)}\n`);
  });

  test("finds nothing in Wirehall as it is", async () => {
    const results = [...(await faultless).values()].flat();
    assert.ok(results.length > 0);
    assert.deepEqual(others(results), []);
  });

  for (const { title, mutants } of groups) {
    for (const mutant of mutants) {
      test(`${title}: tells a ${mutant.role ?? "server"} that ${mutant.name}`, async () => {
        const results = await tellersOf(mutant);
        told.set(mutant, results);
        assert.deepEqual(blind(mutant, results), [], "these cases do not tell it");
      });
    }
  }
});

describe("a mutant", () => {
  const harmless: Mutant = {
    name: "has another reason for refusing an opcode",
    file: "src/protocol/frame.ts",
    find: "is reserved`",
    replace: "means nothing`",
    kills: ["3.5.1", "3.5.4"],
  };

  test("that is no fault is told by no case", async () => {
    const results = await tellersOf(harmless);
    assert.deepEqual(results, []);
    assert.deepEqual(blind(harmless, results), ["3.5.1", "3.5.4"]);
  });

  test("must be mended where its source has changed", async () => {
    for (const find of ["this stands nowhere in it", "readUint32"])
      await assert.rejects(
        tellersOf({ ...harmless, find }),
        /^Error: mend the mutant .* in src\/protocol\/frame\.ts/,
      );
  });

  test("that ends the server must be mended", async () => {
    const find = "if (!isDefined(header.opcode)) return";
    const deadly: Mutant = {
      ...harmless,
      find,
      replace: `if (!isDefined(header.opcode)) process.exit();\n${find}`,
    };
    await assert.rejects(tellersOf(deadly), /the server did not outlive/);
  });
});
