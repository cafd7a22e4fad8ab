import { after, before, describe, it } from "node:test";
import type { Gaps } from "../../src/endpoint/capability.ts";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { Target } from "../support/target.ts";
import { gapsOf, isWanted, nameOf, targets } from "../support/targets.ts";
import { clientCases } from "./cases.ts";

/** Clients that are not ours, against every runtime and transport. */
for (const target of targets) {
  describe(`clients of ${nameOf(target)}`, { concurrency: 4 }, () => {
    let fixture: FixtureProcess;
    let gaps: Gaps;
    before(async () => {
      gaps = await gapsOf(target);
      fixture = await startFixture(target.runtime, target.transport);
    });
    after(() => fixture?.stop());
    for (const { name, run } of clientCases.filter((one) => isWanted(one.name))) {
      it(name, () => run(new Target(target.runtime, target.transport, fixture.port, gaps)));
    }
  });
}
