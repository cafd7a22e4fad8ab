import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type CapabilityName, capabilityMeanings } from "../src/endpoint/capability.ts";
import { columns } from "./support/columns.ts";

const page = new URL("../docs/capabilities.md", import.meta.url);

function draw(): string {
  const reasons: string[] = [];
  const rows = Object.entries(capabilityMeanings).map(([name, meaning]) => {
    const cells = columns.map((column) => {
      const reason = column.gaps[name as CapabilityName];
      if (reason === undefined) return "yes";
      reasons.push(`${reasons.length + 1}. ${column.name}, \`${name}\`: ${reason}.`);
      return `no (${reasons.length})`;
    });
    return `| \`${name}\` | ${meaning} | ${cells.join(" | ")} |`;
  });
  return [
    "# What a transport can do",
    "",
    "Drawn from `runtimes/*/capabilities.ts`; the conformance cases, and those of the [tool](conformance/servers.md), prove each",
    "cell that says yes.",
    "",
    `| capability | the transport... | ${columns.map(({ name }) => name).join(" | ")} |`,
    `| --- | --- |${" --- |".repeat(columns.length)}`,
    ...rows,
    "",
    ...reasons,
    "",
  ].join("\n");
}

test("docs/capabilities.md is what the runtimes say (UPDATE_DOCS=1 draws it anew)", () => {
  if (process.env.UPDATE_DOCS === "1") writeFileSync(page, draw());
  assert.equal(readFileSync(page, "utf8"), draw());
});
