import type { Result } from "../run-case.ts";
import { type Verdict, verdicts } from "../verdict.ts";
import { style } from "./style.ts";
import { byGroup, type Counts, countsOf, headline, type Report } from "./summary.ts";

/** One page with all results and nothing to load. */
export function html(report: Report): string {
  const { subject, role, startedAt, tookMs, counts, results } = report;
  const title = `Conformance of ${subject}`;
  const seconds = (tookMs / 1000).toFixed(1);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="eyebrow">WebSocket ${role} · RFC 6455 and RFC 7692</p>
<h1>${escapeHtml(subject)}</h1>
<p class="verdict ${worst(counts)}">${capital(headline(counts))}</p>
${bar(counts, results.length)}
<ul class="legend">${verdicts.map((verdict) => legend(verdict, counts[verdict])).join("")}</ul>
<p class="facts">${results.length} cases in ${seconds} s, ${escapeHtml(startedAt.slice(0, 16).replace("T", " "))} UTC</p>
</header>
<main>
${filter(counts, results.length)}
${byGroup(results).map(section).join("\n")}
</main>
</body>
</html>
`;
}

function worst(counts: Counts): Verdict {
  if (counts.failed > 0) return "failed";
  return counts.lenient > 0 ? "lenient" : "strict";
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

function bar(counts: Counts, all: number): string {
  const parts = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map(
      (verdict) =>
        `<i class="${verdict}" style="flex-grow:${counts[verdict]}" title="${counts[verdict]} ${verdict}"></i>`,
    );
  return `<div class="bar" role="img" aria-label="${all} cases: ${verdicts.map((one) => `${counts[one]} ${one}`).join(", ")}">${parts.join("")}</div>`;
}

function legend(verdict: Verdict, count: number): string {
  return `<li class="${verdict}${count === 0 ? " none" : ""}"><b>${count}</b> ${verdict}</li>`;
}

/** Which cases are shown, the worst kind that there is at first. */
function filter(counts: Counts, all: number): string {
  const others = all - counts.strict;
  const first = counts.failed > 0 ? "failed" : counts.lenient > 0 ? "others" : "all";
  const choices = [
    ["all", "all", all],
    ["others", "not strict", others],
    ["failed", "failed", counts.failed],
  ] as const;
  const inputs = choices
    .filter(([id, , count]) => id === "all" || count > 0)
    .map(
      ([id, label, count]) =>
        `<label><input type="radio" name="show" id="${id}"${id === first ? " checked" : ""}> ${label} <b>${count}</b></label>`,
    );
  return `<fieldset><legend>Show</legend>${inputs.join("")}</fieldset>`;
}

function section({ title, results }: { title: string; results: readonly Result[] }): string {
  const counts = countsOf(results);
  return `<section>
<details${counts.failed + counts.lenient > 0 ? " open" : ""}>
<summary><h2>${escapeHtml(title)}</h2>${bar(counts, results.length)}<span class="count">${tally(counts, results.length)}</span></summary>
${results.map(line).join("\n")}
</details>
</section>`;
}

function tally(counts: Counts, all: number): string {
  const others = verdicts.filter((verdict) => verdict !== "strict" && counts[verdict] > 0);
  if (others.length === 0) return `all ${all} strict`;
  return [
    `${counts.strict} of ${all} strict`,
    ...others.map((verdict) => `${counts[verdict]} ${verdict}`),
  ].join(", ");
}

function line({ id, title, verdict, quote, expected, seen, tookMs }: Result): string {
  return `<details class="case ${verdict}" id="c${id}">
<summary><span class="id">${id}</span><span class="title">${escapeHtml(title)}</span><span class="tag">${verdict}</span></summary>
<blockquote>${escapeHtml(quote.text)}<cite>${escapeHtml(quote.source)}</cite></blockquote>
<dl><dt>Expected</dt><dd>${escapeHtml(expected)}</dd><dt>Seen</dt><dd>${escapeHtml(seen)}</dd><dt>Took</dt><dd>${tookMs} ms</dd></dl>
</details>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
