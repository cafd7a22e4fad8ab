import { after, before, describe, it } from "node:test";
import type { Gaps } from "../../src/endpoint/capability.ts";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { Target } from "../support/target.ts";
import { gapsOf, isWanted, nameOf, type TargetName, targets } from "../support/targets.ts";
import { type Case, neededBy } from "./case.ts";
import { groups, variants } from "./cases.ts";
import { Matrix } from "./matrix.ts";

/** How many cases run side by side against one fixture. */
const concurrency = 8;

const matrix = new Matrix(targets.map(nameOf));
const wanted = groups.flatMap((group) => group.cases).filter(({ name }) => isWanted(name));

/** Cases that share a fixture. */
interface Run {
  readonly cases: readonly Case[];
  readonly args?: readonly string[];
}

for (const target of targets) {
  describe(nameOf(target), () => {
    describeRun(target, { cases: wanted.filter(({ compress }) => !compress) });
    const compressed = { cases: wanted.filter(({ compress }) => compress), args: ["--compress"] };
    describe("with compression", () => describeRun(target, compressed));
    for (const { title, runtimes, groups, args } of variants) {
      if (!runtimes.includes(target.runtime)) continue;
      const cases = groups.flatMap((group) => group.cases).filter(({ name }) => isWanted(name));
      describe(title, () => describeRun(target, { cases, args }));
    }
  });
}

function describeRun(target: TargetName, { cases, args }: Run): void {
  if (cases.length === 0) return;
  let fixture: FixtureProcess;
  let gaps: Gaps;
  before(async () => {
    gaps = await gapsOf(target);
    fixture = await startFixture(target.runtime, target.transport, args);
  });
  after(() => fixture?.stop());
  const row = (one: Case) => it(one.name, () => prove(one, target, fixture, gaps));
  describe("side by side", { concurrency }, () => cases.filter(({ alone }) => !alone).forEach(row));
  describe("one at a time", () => cases.filter(({ alone }) => alone).forEach(row));
}

after(() => console.log(`\n${matrix.print([...groups, ...variants.flatMap((one) => one.groups)])}\n`));

async function prove(
  one: Case,
  { runtime, transport }: TargetName,
  fixture: FixtureProcess,
  gaps: Gaps,
): Promise<void> {
  const column = nameOf({ runtime, transport });
  const target = new Target(runtime, transport, fixture.port, gaps);
  const before = fixture.lineCount();
  const able = neededBy(one).every((name) => target.can(name));
  try {
    if (able) await one.run(target);
    else await one.otherwise?.(target);
  } catch (error) {
    matrix.failed(column, one);
    throw withErrors(error, fixture.errorsSince(before));
  } finally {
    target.cleanUp();
  }
  if (able) matrix.passed(column, one);
  else matrix.missing(column, one, gaps);
}

function withErrors(error: unknown, said: string): unknown {
  if (said !== "" && error instanceof Error) error.message += `\n\nMeanwhile the fixture said:\n${said}`;
  return error;
}
