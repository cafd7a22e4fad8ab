import { after, before, describe, it } from "node:test";
import type { Gaps } from "../../src/endpoint/capability.ts";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { Target } from "../support/target.ts";
import { gapsOf, isWanted, nameOf, type TargetName, targets } from "../support/targets.ts";
import { type ClientCase, clientCases } from "./cases.ts";

const wanted = clientCases.filter(({ name }) => isWanted(name));
const compressed = wanted.filter(({ compress }) => compress);
const bare = wanted.filter(({ compress }) => !compress);

/** Clients, most of them not ours, against every runtime and transport. */
for (const target of targets) {
  describeClients(`clients of ${nameOf(target)}`, target, bare, []);
  describeClients(`clients of ${nameOf(target)} with compression`, target, compressed, ["--compress"]);
}

function describeClients(
  title: string,
  target: TargetName,
  cases: readonly ClientCase[],
  more: readonly string[],
): void {
  if (cases.length === 0) return;
  describe(title, { concurrency: 4 }, () => {
    let fixture: FixtureProcess;
    let gaps: Gaps;
    before(async () => {
      gaps = await gapsOf(target);
      fixture = await startFixture(target.runtime, target.transport, more);
    });
    after(() => fixture?.stop());
    for (const { name, run } of cases) {
      it(name, () => run(new Target(target, fixture, gaps)));
    }
  });
}
