import { readFileSync } from "node:fs";
import type { NumberedCase } from "../../tool/conformance/case.ts";
import { casesFor, chosen, groups } from "../../tool/conformance/cases/all.ts";
import { type Verdict, verdicts } from "../../tool/conformance/verdict.ts";
import { everyTarget, gapsOf, nameOf, type TargetName } from "../support/targets.ts";
import { numbers } from "./numbers.ts";
import { type Shortfall, shortfalls } from "./shortfalls.ts";

const cases = casesFor("server");

/** The cases of a shortfall. */
export function casesOf(shortfall: Shortfall): readonly NumberedCase[] {
  return cases.filter((one) => shortfall.cases.some((only) => chosen([one], only).length > 0));
}

/** The shortfall that each case of a target belongs to, by its number. Throws where a case belongs to two. */
export function shortfallsById(target: string): ReadonlyMap<string, Shortfall> {
  const byId = new Map<string, Shortfall>();
  for (const shortfall of shortfalls[target]) {
    for (const { id } of casesOf(shortfall)) {
      if (byId.has(id)) throw new Error(`${target}: ${id} is in two shortfalls`);
      byId.set(id, shortfall);
    }
  }
  return byId;
}

function version(name: string): string {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

const titles: Readonly<Record<string, string>> = {
  "node/codec": "Node codec",
  "deno/codec": "Deno codec",
  "deno/native": "Deno native",
  "bun/codec": "Bun codec",
  "bun/native": "Bun native",
  "workers/native": "Workers",
};

function cell(target: string, some: readonly NumberedCase[]): string {
  const byId = shortfallsById(target);
  const found = some.map(({ id }): Verdict => byId.get(id)?.verdict ?? "strict");
  const counts = verdicts.map((verdict) => [found.filter((one) => one === verdict).length, verdict] as const);
  if (counts[0][0] === some.length) return `${some.length}`;
  return counts.flatMap(([count, verdict]) => (count === 0 ? [] : [`${count} ${verdict}`])).join("<br>");
}

async function reasonsOf(target: TargetName): Promise<string[]> {
  const name = nameOf(target);
  const gaps = await gapsOf(target);
  const rows = shortfalls[name].map((shortfall) => {
    const { gap, verdict, sometimes } = shortfall;
    const reason = gap === undefined ? "| |" : `| \`${gap}\` | ${gaps[gap]}`;
    const found = numbers(casesOf(shortfall), "server");
    return `${gap === undefined ? "| – | the standard leaves it open" : reason} | ${sometimes ? "often " : ""}${verdict} | ${found} |`;
  });
  return [
    "",
    `## ${titles[name]}`,
    "",
    "| capability | why | verdict | cases |",
    "| --- | --- | --- | --- |",
    ...rows,
  ];
}

/** The page on Wirehall as a server, as Markdown. */
export async function drawServers(): Promise<string> {
  const names = everyTarget.map(nameOf);
  const rows = [
    ...groups.map(({ name, title }) => ({ title, some: cases.filter(({ group }) => group === name) })),
    { title: "all", some: cases },
  ];
  const table = rows.map(
    ({ title, some }) => `| ${title} | ${names.map((name) => cell(name, some)).join(" | ")} |`,
  );
  const reasons = await Promise.all(everyTarget.map(reasonsOf));
  return [
    "# Wirehall as a server, by its own tool",
    "",
    `The ${cases.length} cases of the [tool](README.md) against an echo server of Wirehall (\`test/tool/peers/wirehall-echo.ts\`).`,
    "It sets `compression` to true, `maxMessageBytes` to 16 MiB, and `maxBufferedBytes` to 64 MiB so that the largest echo may",
    "wait for a slow client. A number alone is strict. The tests run all of it, and fail where a case ends otherwise than here.",
    "",
    `Node ${version("node")}, Deno ${version("deno")}, Bun ${version("bun")}, workerd ${version("workerd")}.`,
    "",
    `| | ${names.map((name) => titles[name]).join(" | ")} |`,
    `| --- |${" --- |".repeat(names.length)}`,
    ...table,
    "",
    "What is not strict is the runtime's own doing, and has its name among the [capabilities](../capabilities.md). `often`",
    "means that it takes some timing to come about.",
    ...reasons.flat(),
    "",
  ].join("\n");
}
