import { after, before, describe, it } from "node:test";
import type { Gaps } from "../../src/endpoint/capability.ts";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { Target } from "../support/target.ts";
import { gapsOf, isWanted, nameOf, type TargetName, targets } from "../support/targets.ts";
import { type Case, missingOf } from "./case.ts";
import { groups } from "./cases.ts";
import { Matrix } from "./matrix.ts";

/** How many cases run side by side against one fixture. */
const concurrency = 8;

const matrix = new Matrix(targets.map(nameOf));
const wanted = groups.flatMap((group) => group.cases).filter(({ name }) => isWanted(name));
const cases = wanted.filter(({ compress, ends, limits }) => !compress && !ends && limits === undefined);
const endings = wanted.filter(({ ends }) => ends);
const compressed = wanted.filter(({ compress }) => compress);

for (const target of targets) {
  describe(nameOf(target), () => {
    let fixture: FixtureProcess;
    let gaps: Gaps;
    before(async () => {
      gaps = await gapsOf(target);
      fixture = await startFixture(target.runtime, target.transport);
    });
    after(() => fixture?.stop());
    const row = (one: Case) => it(one.name, () => prove(one, target, fixture, gaps));
    describe("side by side", { concurrency }, () => cases.filter(({ alone }) => !alone).forEach(row));
    describe("one at a time", () => cases.filter(({ alone }) => alone).forEach(row));
    describeFixture("with compression", target, ["--compress"], { concurrency }, compressed);
    for (const name of ["counts", "time", "metrics"] as const) {
      const limited = wanted.filter(({ limits }) => limits === name);
      // Of what others left behind, ends may still be counted: the metrics have a fixture to themselves.
      const preset = name === "metrics" ? "time" : name;
      describeFixture(`with limits: ${name}`, target, ["--limits", preset], {}, limited);
    }
    if (endings.length > 0) describe("each with a fixture of its own", () => describeEndings(target));
  });
}

/** Cases with a fixture of their own, which is started with more arguments. */
function describeFixture(
  title: string,
  target: TargetName,
  more: readonly string[],
  how: { readonly concurrency?: number },
  own: readonly Case[],
): void {
  if (own.length === 0) return;
  describe(title, () => {
    let fixture: FixtureProcess;
    let gaps: Gaps;
    before(async () => {
      gaps = await gapsOf(target);
      fixture = await startFixture(target.runtime, target.transport, more);
    });
    after(() => fixture?.stop());
    describe("the cases", how, () => {
      for (const one of own) it(one.name, () => prove(one, target, fixture, gaps));
    });
  });
}

function describeEndings(target: TargetName): void {
  for (const one of endings) {
    it(one.name, async () => {
      const fixture = await startFixture(target.runtime, target.transport);
      try {
        await prove(one, target, fixture, await gapsOf(target));
      } finally {
        await fixture.stop();
      }
    });
  }
}

after(() => console.log(`\n${matrix.print(groups)}\n\n${matrix.printBehaviours(groups)}\n`));

async function prove(one: Case, name: TargetName, fixture: FixtureProcess, gaps: Gaps): Promise<void> {
  const column = nameOf(name);
  const target = new Target(name, fixture, gaps);
  const before = fixture.lineCount();
  const able = missingOf(one, gaps) === undefined;
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
