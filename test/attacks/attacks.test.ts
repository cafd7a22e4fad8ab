import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gapsOf } from "../support/targets.ts";
import { attacks } from "./attacks/all.ts";
import { battle } from "./battle.ts";
import { places } from "./places.ts";
import { Target } from "./target.ts";

const forces = { attackers: 20, honest: 10, durationMs: 2_000 };

for (const { name, launcher, transport } of places) {
  describe(`${name} under attack`, () => {
    let target: Target;
    let gaps: Readonly<Record<string, string | undefined>>;
    before(async () => {
      target = await Target.start(launcher, transport);
      gaps = await gapsOf({ runtime: launcher.runtime, transport });
    });
    after(() => target?.stop());
    for (const attack of attacks) {
      test(attack.name, async (context) => {
        const missing = attack.needs?.find((capability) => gaps[capability] !== undefined);
        if (missing !== undefined) {
          context.diagnostic(`the platform's own: ${missing}: ${gaps[missing]}`);
          return;
        }
        const seen = await battle(target, attack, forces, (capability) => gaps[capability] !== undefined);
        assert.ok(seen.honest.echoed > 0, "no honest client was heard");
      });
    }
  });
}
