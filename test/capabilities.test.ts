import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { dialGaps, dialGapsWithoutHistory } from "../runtimes/node/capabilities.ts";
import { dialGapsWithoutZlib } from "../runtimes/workers/capabilities.ts";
import { type DialGaps, dialCapabilityMeanings } from "../src/client/capability.ts";
import { capabilityMeanings } from "../src/endpoint/capability.ts";
import { columns } from "./support/columns.ts";

const page = new URL("../docs/capabilities.md", import.meta.url);

const dialColumns: readonly { readonly name: string; readonly gaps: DialGaps }[] = [
  { name: "Node", gaps: dialGaps },
  { name: "Deno", gaps: dialGapsWithoutHistory },
  { name: "Bun", gaps: dialGaps },
  { name: "Workers", gaps: dialGapsWithoutZlib },
];

function draw(): string {
  return [
    "# What a transport can do",
    "",
    "Drawn from `runtimes/*/capabilities.ts`; the conformance cases, and those of the [tool](conformance/servers.md), prove each",
    "cell that says yes.",
    "",
    ...table("the transport...", capabilityMeanings, columns),
    "",
    "## What `dial` can do",
    "",
    "The rest of it is the same everywhere, and passes the tool's cases for clients on each of them.",
    "",
    ...table("dial...", dialCapabilityMeanings, dialColumns),
    "",
  ].join("\n");
}

function table(
  who: string,
  meanings: Readonly<Record<string, string>>,
  of: readonly { readonly name: string; readonly gaps: Readonly<Record<string, string | undefined>> }[],
): string[] {
  const reasons: string[] = [];
  const rows = Object.entries(meanings).map(([name, meaning]) => {
    const cells = of.map((column) => {
      const reason = column.gaps[name];
      if (reason === undefined) return "yes";
      reasons.push(`${reasons.length + 1}. ${column.name}, \`${name}\`: ${reason}.`);
      return `no (${reasons.length})`;
    });
    return `| \`${name}\` | ${meaning} | ${cells.join(" | ")} |`;
  });
  return [
    `| capability | ${who} | ${of.map(({ name }) => name).join(" | ")} |`,
    `| --- | --- |${" --- |".repeat(of.length)}`,
    ...rows,
    "",
    ...reasons,
  ];
}

test("docs/capabilities.md is what the runtimes say (UPDATE_DOCS=1 draws it anew)", () => {
  if (process.env.UPDATE_DOCS === "1") writeFileSync(page, draw());
  assert.equal(readFileSync(page, "utf8"), draw());
});
