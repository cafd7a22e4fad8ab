import { writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { attacks } from "../attacks/attacks/all.ts";
import { battle, peace } from "../attacks/battle.ts";
import { places } from "../attacks/places.ts";
import { type AttackRow, attackReport } from "../attacks/report.ts";
import { Target } from "../attacks/target.ts";
import { gapsOf } from "../support/targets.ts";

/** `WIREHALL_ONLY=node/codec` for one place alone; the report is written where all were tried. */
const only = process.env.WIREHALL_ONLY ?? "";
const forces = { attackers: 50, honest: 50, durationMs: 20_000 };
const rows: AttackRow[] = [];

for (const { name, launcher, transport } of places.filter((place) => place.name.includes(only))) {
  describe(`${name} under attack for 20 s each`, () => {
    for (const attack of attacks) {
      test(attack.name, async (context) => {
        const gaps: Readonly<Record<string, string | undefined>> = await gapsOf({
          runtime: launcher.runtime,
          transport,
        });
        const missing = attack.needs?.find((capability) => gaps[capability] !== undefined);
        if (missing !== undefined) {
          rows.push({ place: name, attack: attack.name, platform: `${missing}: ${gaps[missing]}` });
          return;
        }
        const target = await Target.start(launcher, transport);
        try {
          const undisturbed = await peace(target, { ...forces, durationMs: forces.durationMs / 4 });
          const seen = await battle(target, attack, forces, (capability) => gaps[capability] !== undefined);
          rows.push({ place: name, attack: attack.name, undisturbed, seen });
          context.diagnostic(
            `p99 ${undisturbed.p99Ms.toFixed(1)} ms undisturbed, ${seen.honest.p99Ms.toFixed(1)} ms under attack`,
          );
        } finally {
          await target.stop();
        }
      });
    }
  });
}

after(() => {
  const report = attackReport(rows, forces);
  console.log(`\n${report}`);
  if (only === "") writeFileSync(new URL("../../docs/attacks.md", import.meta.url), report);
});
