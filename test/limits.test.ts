import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type Limit, limits } from "../src/endpoint/limits.ts";
import { refusalMeanings } from "../src/endpoint/refusal.ts";

const page = new URL("../docs/limits.md", import.meta.url);

const parts: readonly [set: Limit["set"], title: string, text: readonly string[]][] = [
  [
    "server",
    "Of a server",
    [
      "The option `limits` of `serve`, `attach` and `attachNative`; `Infinity` switches one off. Connections and handshakes",
      "are those of WebSockets: plain HTTP takes no place, and a handshake that becomes a connection keeps its own.",
    ],
  ],
  [
    "endpoint",
    "Of an endpoint",
    ["Options of `websocket`, and of `rooms` for the members of all its rooms."],
  ],
  ["rooms", "Of rooms", ["Options of `rooms` alone."]],
  ["fixed", "Fixed", ["What nobody has asked to set yet."]],
];

const notes = [
  "- **Rate.** `messageRate` is a token bucket: `{ messagesPerSecond, bytesPerSecond, burstMessages, burstBytes }`, of",
  "  which one of the first two at least is given. A burst is two seconds' worth, and never less than a message of",
  "  `maxMessageBytes`. Pings and pongs are no messages.",
  "- **Time.** What a client takes to send its request, what the app takes to answer it, and what a client takes to read",
  "  a refusal are measured each from its own beginning. What an app does after its time was over opens nothing.",
  "- **Servers of your own.** How long `node:http` waits for a request, 60 s by default, and how much it reads of headers",
  "  is the server's to say; `attach` bounds what comes after, and measures what was read.",
  "- **Headers.** `Bun.serve` reads 16 KiB at most and answers 431 by itself above, uncounted; `Deno.serve` reads over",
  "  20 KiB and answers 400 by itself far above, uncounted.",
  "- **Slow clients.** By codec on Node and Deno the limit holds for the TLS handshake too. Bun drops a client that has not",
  "  finished it, or sent a request to `Bun.serve`, after 12 seconds, and `Deno.serve` waits for a request without end.",
  "- **Addresses.** A client is counted by the address that its transport sees, which everybody who comes through a proxy",
  "  shares, or by what the proxy says where the endpoint has `trustProxy`.",
  "- **Workers.** An isolate knows its own WebSockets alone, so that limits on their number do not hold there; Cloudflare",
  "  bounds them.",
];

function draw(): string {
  return [
    "# Limits",
    "",
    "Drawn from `src/endpoint/limits.ts`. Each bounds what clients can make the process hold or do; above it a handshake is",
    "refused, or a connection closed, and the others go on undisturbed.",
    ...parts.flatMap(([set, title, text]) => ["", `## ${title}`, "", ...text, "", ...table(set)]),
    "",
    "## Notes",
    "",
    ...notes,
    "",
    "## Reasons",
    "",
    "`metrics.refused(reason)` is told of every handshake that is refused, once, and of every connection that a limit cuts",
    "off. `log` gets an entry with `reason` and `address` for handshakes that a limit of the server refused, of the event",
    "`refused`, and for connections that are closed for `message-rate`, `queue-full` or `slow-consumer`, of an event by that",
    "name.",
    "",
    "| reason | why a client was refused or cut off |",
    "| --- | --- |",
    ...Object.entries(refusalMeanings).map(([reason, meaning]) => `| \`${reason}\` | ${meaning} |`),
    "",
  ].join("\n");
}

function table(set: Limit["set"]): string[] {
  const rows = Object.entries(limits).filter(([, limit]) => limit.set === set);
  return [
    "| limit | default | above it | reason | why this default |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map(([name, { unit, value, above, refusal, why }]) => {
      const reason = refusal === undefined ? "" : `\`${refusal}\``;
      return `| \`${name}\` | ${shown(value, unit)} | ${above} | ${reason} | ${why} |`;
    }),
  ];
}

function shown(value: number | undefined, unit: Limit["unit"]): string {
  if (value === undefined) return "off";
  if (unit === "ms") return `${value / 1000} s`;
  if (unit !== "bytes") return `${value.toLocaleString("en")} ${unit}`;
  if (value % 1024 !== 0) return `${value} bytes`;
  return value % 1024 ** 2 === 0 ? `${value / 1024 ** 2} MiB` : `${value / 1024} KiB`;
}

test("docs/limits.md is what src/endpoint/limits.ts says (UPDATE_DOCS=1 draws it anew)", () => {
  if (process.env.UPDATE_DOCS === "1") writeFileSync(page, draw());
  assert.equal(readFileSync(page, "utf8"), draw());
});

test("the README tells each limit that can be set, with its default", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  for (const [name, { set, unit, value }] of Object.entries(limits)) {
    if (set === "fixed") continue;
    const row = new RegExp(`^\\| \`${name}\` +\\| (?<told>[^|]+?) +\\|`, "m").exec(readme);
    assert.ok(row, `the README has no row for ${name}`);
    const told = row.groups?.told;
    assert.ok(told === shown(value, unit) || told === value?.toLocaleString("en"), `${name}: ${told}`);
  }
});
