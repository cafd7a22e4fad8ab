import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { behaviourOf, behaviours } from "./conformance/behaviours.ts";
import { type Case, missingOf } from "./conformance/case.ts";
import { groups } from "./conformance/cases.ts";
import { drawPage } from "./conformance/page.ts";
import { columns } from "./support/columns.ts";

const page = new URL("../docs/behaviour.md", import.meta.url);
const cases = groups.flatMap((group) => group.cases);

describe("docs/behaviour.md", () => {
  test("is what the cases and the runtimes say (UPDATE_DOCS=1 draws it anew)", () => {
    const drawn = drawPage(cases, columns);
    if (process.env.UPDATE_DOCS === "1") writeFileSync(page, drawn);
    assert.equal(readFileSync(page, "utf8"), drawn);
  });

  test("has each case once: a case's name begins with a behaviour of test/conformance/behaviours.ts", () => {
    const homeless = cases.filter((one) => behaviourOf(one) === undefined).map(({ name }) => name);
    assert.deepEqual(homeless, []);
    assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
    const prefixes = behaviours.flatMap((behaviour) => behaviour.prefixes);
    assert.equal(new Set(prefixes).size, prefixes.length);
  });

  test("has no behaviour that nothing proves, anywhere or on the runtimes that have all of RFC 6455", () => {
    for (const behaviour of behaviours) {
      const own = cases.filter((one) => behaviourOf(one) === behaviour);
      assert.ok(own.length > 0, behaviour.name);
      const [nodeCodec] = columns;
      assert.ok(
        own.every((one) => missingOf(one, nodeCodec.gaps) === undefined),
        behaviour.name,
      );
    }
  });

  test("counts what holds, and gives the reason of each gap once", () => {
    const run = () => Promise.resolve();
    const some: Case[] = [
      { name: "close: a", run },
      { name: "close: b | c", needs: "terminate", run },
      { name: "keepalive: d", needs: ["keepalive", "terminate"], run },
    ];
    const drawn = drawPage(some, [
      { name: "All", gaps: {} },
      { name: "Less", gaps: { terminate: "it has no way" } },
    ]);
    assert.match(drawn, /\| \[close\]\(#close\) \| .* \| 2 \| 1 of 2 \(1\) \|/);
    assert.match(drawn, /\| \[keepalive\]\(#keepalive\) \| .* \| 1 \| none of 1 \(1\) \|/);
    assert.match(drawn, /\n1\. Less, `terminate`: it has no way\.\n(?!2\.)/);
    assert.match(drawn, /\n\| close: b \\\| c \| yes \| no \(1\) \|/);
  });
});
