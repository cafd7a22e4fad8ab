/** The style of the HTML report; it follows the reader's light or dark setting. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#fbfbfa, #16181b); --card: light-dark(#ffffff, #1e2125); --line: light-dark(#e4e3df, #33373d);
  --ink: light-dark(#1b1d20, #eceae6); --soft: light-dark(#5f646b, #a3a8b0);
  --strict: light-dark(#24794b, #4fb981); --lenient: light-dark(#9a6500, #e3ae45);
  --informational: light-dark(#3c6fa3, #74a7dc); --unimplemented: light-dark(#6b727c, #9096a0);
  --failed: light-dark(#c0302f, #f0696b);
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; padding: 2.5rem 1.25rem 4rem; }
header, main { max-width: 60rem; margin: 0 auto; }
.eyebrow, .facts { color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.75rem; line-height: 1.25; font-weight: 650; overflow-wrap: anywhere; }
.verdict { font-size: 1.125rem; font-weight: 600; margin: .25rem 0 1rem; color: var(--v); }
.strict { --v: var(--strict); } .lenient { --v: var(--lenient); } .informational { --v: var(--informational); }
.unimplemented { --v: var(--unimplemented); } .failed { --v: var(--failed); }
.bar { display: flex; gap: 2px; height: .625rem; border-radius: .3125rem; overflow: hidden; }
.bar i { flex: 0 1 0; min-width: 4px; background: var(--v); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: .75rem 0 .5rem; }
.legend li::before { content: ""; display: inline-block; width: .625rem; height: .625rem; border-radius: 2px; margin-right: .4rem; background: var(--v); }
.legend .none { opacity: .45; }
fieldset { border: 0; padding: 0; margin: 1.75rem 0 .75rem; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
fieldset legend { float: left; color: var(--soft); padding: 0; }
label { cursor: pointer; user-select: none; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .625rem; margin-bottom: .625rem; overflow: hidden; }
summary { cursor: pointer; list-style: none; display: flex; align-items: baseline; gap: .75rem; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "▸"; color: var(--soft); width: .75rem; font-size: .75rem; }
details[open] > summary::before { content: "▾"; }
summary:hover { background: color-mix(in srgb, var(--ink) 4%, transparent); }
section > details > summary { padding: .75rem 1rem; display: grid; align-items: center; grid-template-columns: .75rem 12.25rem minmax(4rem, 1fr) minmax(11rem, auto); }
h2 { font-size: 1rem; font-weight: 600; }
.count { color: var(--soft); font-size: .875rem; text-align: right; }
.case { border-top: 1px solid var(--line); }
.case > summary { padding: .375rem 1rem; }
.id { color: var(--soft); font: .8125rem ui-monospace, monospace; min-width: 3.75rem; }
.title { flex: 1; overflow-wrap: anywhere; font-variant-ligatures: none; }
.tag { color: var(--v); font-size: .8125rem; font-weight: 600; }
.case:not(.strict) { box-shadow: inset 3px 0 var(--v); }
.case blockquote { margin: .25rem 1rem .75rem 7rem; padding-left: .75rem; border-left: 2px solid var(--line); color: var(--soft); }
cite { display: block; font-style: normal; font-size: .8125rem; margin-top: .25rem; }
dl { display: grid; grid-template-columns: 5rem 1fr; gap: .125rem .75rem; margin: 0 1rem .875rem 7rem; }
dt { color: var(--soft); } dd { margin: 0; font: .8125rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
body:has(#others:checked) .case.strict, body:has(#failed:checked) .case:not(.failed) { display: none; }
body:has(#others:checked) section:not(:has(.case:not(.strict))), body:has(#failed:checked) section:not(:has(.case.failed)) { display: none; }
@media (max-width: 40rem) {
  body { padding-top: 1.5rem; }
  section > details > summary { grid-template-columns: .75rem 1fr; gap: .375rem .75rem; }
  section .bar, .count { grid-column: 2; text-align: left; }
  .case > summary { display: grid; grid-template-columns: .75rem 1fr auto; gap: 0 .75rem; }
  .title { grid-row: 2; grid-column: 2 / 4; }
  .case blockquote, .case dl { margin-left: 2.5rem; }
  dl { grid-template-columns: 1fr; }
}
`;
