/** Plain CSS: light and dark, from a phone's width up. */
export const STYLE = /* css */ `
:root {
  color-scheme: light dark;
  --page: #eeeeea; --panel: #f8f8f6; --surface: #ffffff; --ink: #1c1f24; --quiet: #5b626d;
  --line: #deded8; --field: #868c96; --accent: #0b6e5f; --accent-hover: #095a4e; --on-accent: #ffffff;
  --mine: #d9eee8; --bad: #b3261e; --warn: #fdf0d2; --on-warn: #5c3b00; --good: #1a8754;
  --author: 0.45 0.11; --avatar: 0.5 0.1; --shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 12px 32px rgb(0 0 0 / 6%);
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1013; --panel: #14171b; --surface: #1e2227; --ink: #e9eaec; --quiet: #a0a8b4;
    --line: #30363e; --field: #77808d; --accent: #58c9b3; --accent-hover: #7ad8c5; --on-accent: #05241e;
    --mine: #173d36; --bad: #ff9a90; --warn: #3b2d0f; --on-warn: #ffdc9c; --good: #4cc38a;
    --author: 0.8 0.1; --avatar: 0.45 0.08; --shadow: 0 12px 32px rgb(0 0 0 / 40%);
  }
}

/* What all of it shares */
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { height: 100%; -webkit-text-size-adjust: 100%; }
body { height: 100%; margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.45 var(--font); }
h1, h2, p, ol, ul { margin: 0; padding: 0; }
ol, ul { list-style: none; }
bdi, .text, code { overflow-wrap: anywhere; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.notice { padding: 1rem; text-align: center; }
.hint, .error { color: var(--quiet); font-size: 0.875rem; }
.error { color: var(--bad); }
button {
  padding: 0.5rem 0.875rem; border: 1px solid var(--line); border-radius: 0.625rem;
  background: var(--surface); color: inherit; font: inherit; font-weight: 500; cursor: pointer;
}
button:hover { border-color: var(--field); }
button.primary {
  border-color: transparent; background: var(--accent); color: var(--on-accent); font-weight: 600;
}
button.primary:hover { background: var(--accent-hover); }
input, textarea {
  width: 100%; padding: 0.5rem 0.75rem; border: 1px solid var(--field); border-radius: 0.625rem;
  background: var(--surface); color: inherit; font: inherit;
}
[aria-invalid] { border-color: var(--bad); }
::placeholder { color: var(--quiet); opacity: 1; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input:focus-visible, textarea:focus-visible { border-color: var(--accent); outline-offset: -1px; }

/* The form */
.lobby { display: grid; min-height: 100%; padding: 1rem; place-items: center; }
.lobby form {
  display: grid; gap: 1.125rem; width: min(26rem, 100%); padding: clamp(1.25rem, 6vw, 2.25rem);
  border: 1px solid var(--line); border-radius: 1.125rem; background: var(--panel); box-shadow: var(--shadow);
}
.lobby h1 { display: flex; align-items: center; gap: 0.75rem; font-size: 1.5rem; line-height: 1.2; }
.mark { flex: none; width: 2.25rem; height: 2.25rem; border-radius: 0.625rem; background: var(--accent); }
.mark path {
  fill: none; stroke: var(--on-accent); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round;
}
.lead { color: var(--quiet); }
.field { display: grid; gap: 0.375rem; }
.field label { font-weight: 600; }
.kept {
  padding: 0.625rem 0.75rem; border-radius: 0.625rem;
  background: var(--warn); color: var(--on-warn); font-size: 0.875rem; overflow-wrap: anywhere;
}

/* The room */
.chat {
  display: grid; height: 100dvh; max-width: 70rem; margin: 0 auto; background: var(--panel);
  grid: "header header" auto "banner banner" auto "main people" minmax(0, 1fr) / minmax(0, 1fr) 14rem;
}
header {
  grid-area: header; display: flex; align-items: center; gap: 0.75rem;
  padding: 0.625rem 1rem; border-bottom: 1px solid var(--line);
}
header h1 { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
header h1 { font-size: 1.125rem; }
header h1::before { content: "#" / ""; margin-inline-end: 0.125rem; color: var(--quiet); font-weight: 400; }
.pill { display: flex; flex: none; align-items: center; gap: 0.5rem; margin-inline-start: auto; }
.pill { color: var(--quiet); font-size: 0.875rem; }
.dot { width: 0.625rem; height: 0.625rem; border: 2px solid currentcolor; border-radius: 50%; }
[data-phase="online"] .dot { border-color: var(--good); background: var(--good); }
[data-phase="waiting"], [data-phase="offline"] { color: var(--bad); font-weight: 600; }
#peopleToggle { display: none; flex: none; }
.banner {
  grid-area: banner; display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem;
  padding: 0.625rem 1rem; background: var(--warn); color: var(--on-warn);
}
.banner p { flex: 1 1 15rem; font-variant-numeric: tabular-nums; }
.banner button { border-color: currentcolor; background: transparent; }
.banner :focus-visible { outline-color: currentcolor; }
.chat main { grid-area: main; display: flex; flex-direction: column; min-height: 0; }
.conversation { position: relative; flex: 1; min-height: 0; }
.scroller { height: 100%; padding: 1rem; overflow-y: auto; overscroll-behavior: contain; }
.scroller:focus-visible { outline-offset: -2px; }
.newer {
  position: absolute; inset-inline: 0; bottom: 0.75rem; width: max-content; margin: 0 auto;
  padding: 0.375rem 1rem; border-color: transparent; border-radius: 1.25rem;
  background: var(--ink); color: var(--panel); font-size: 0.875rem; box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
}
.empty { display: grid; min-height: 100%; align-content: center; gap: 0.5rem; text-align: center; }
.empty { color: var(--quiet); }
.empty b { color: var(--ink); }
code {
  padding: 0.25rem 0.5rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--surface);
  color: var(--ink); font: 0.875rem/1.9 ui-monospace, "DejaVu Sans Mono", monospace; user-select: all;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
}

/* Messages */
.message { display: flex; gap: 0.625rem; margin-top: 0.875rem; }
#messages > :first-child { margin-top: 0; }
.follows, .waiting + .waiting { margin-top: 0.25rem; }
.avatar {
  display: grid; flex: none; width: 2rem; height: 2rem; border-radius: 50%; place-items: center;
  background: oklch(var(--avatar) var(--hue)); color: #fff;
  font-size: 0.875rem; font-weight: 600; line-height: 1; user-select: none;
}
.follows .avatar { visibility: hidden; height: 0; }
.bubble {
  min-width: 0; max-width: 36rem; padding: 0.4375rem 0.75rem;
  border: 1px solid var(--line); border-radius: 1rem; background: var(--surface);
}
.message:not(.mine, .follows) .bubble { border-start-start-radius: 0.25rem; }
.by { color: oklch(var(--author) var(--hue)); font-size: 0.875rem; font-weight: 600; }
.said { display: flex; flex-wrap: wrap; align-items: last baseline; column-gap: 0.75rem; }
.text { max-width: 100%; white-space: pre-wrap; }
.foot { margin-inline-start: auto; color: var(--quiet); font-size: 0.75rem; line-height: 1.25; }
.mine { justify-content: flex-end; padding-inline-start: 2.625rem; }
.mine .bubble { border-color: transparent; background: var(--mine); }
.waiting .bubble { border: 1px dashed var(--field); background: transparent; }
.refused .bubble { border-color: var(--bad); background: transparent; }
.refused .foot { color: var(--bad); }
.foot button {
  margin-inline-start: 0.375rem; padding: 0.1875rem 0.625rem; border-radius: 0.5rem; color: var(--ink);
}
.note { margin: 0.875rem 0; color: var(--quiet); font-size: 0.875rem; text-align: center; }
.note + .note { margin-top: -0.5rem; }
.note bdi { color: var(--ink); font-weight: 600; }
.note time { margin-inline-start: 0.25rem; font-size: 0.75rem; }
#composer {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: end; gap: 0.375rem 0.625rem;
  padding: 0.625rem 1rem max(0.75rem, env(safe-area-inset-bottom)); border-top: 1px solid var(--line);
}
#composer textarea { display: block; max-height: 9rem; overflow-y: auto; resize: none; }
#composer .hint { grid-column: 1 / -1; }
#composer .hint:empty { display: none; }

/* Who is here */
#people { grid-area: people; padding: 1rem; border-inline-start: 1px solid var(--line); overflow-y: auto; }
#people h2 { margin-bottom: 0.75rem; color: var(--quiet); font-size: 0.875rem; font-weight: 600; }
#people li { display: flex; align-items: center; gap: 0.625rem; padding: 0.25rem 0; }
#people .avatar { width: 1.75rem; height: 1.75rem; font-size: 0.75rem; }
#people bdi { min-width: 0; }
.you {
  padding: 0.0625rem 0.4375rem; border: 1px solid var(--line); border-radius: 0.5rem;
  color: var(--quiet); font-size: 0.75rem;
}
.away #people .avatar { filter: grayscale(1); opacity: 0.6; }
.away #people bdi { color: var(--quiet); }

@media (min-width: 74rem) and (min-height: 36rem) {
  .chat {
    height: calc(100dvh - 3rem); margin: 1.5rem auto; overflow: hidden;
    border: 1px solid var(--line); border-radius: 1.125rem; box-shadow: var(--shadow);
  }
}
@media (max-width: 44rem) {
  .chat { grid-template-columns: minmax(0, 1fr) 0; }
  header, .scroller, #composer, .banner { padding-inline: 0.75rem; }
  header button { padding-inline: 0.75rem; }
  #pillText { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  #peopleToggle { display: block; }
  #people {
    grid-area: main; z-index: 1; display: none; max-height: 60%; align-self: start; border: 0;
    border-bottom: 1px solid var(--line); background: var(--surface); box-shadow: var(--shadow);
  }
  #people.open { display: block; }
}
@media (prefers-reduced-motion: no-preference) {
  #messages > .message { animation: arrive 0.16s ease-out; }
  .sending .foot { animation: appear 0.3s 0.4s backwards; }
  [data-phase="connecting"] .dot, [data-phase="waiting"] .dot { animation: pulse 1.4s ease-in-out infinite; }
  @keyframes arrive { from { opacity: 0; transform: translateY(0.25rem); } }
  @keyframes appear { from { opacity: 0; } }
  @keyframes pulse { 50% { opacity: 0.25; } }
}
@media (forced-colors: active) {
  .bubble, .avatar, .newer, .primary { border: 1px solid; }
  [data-phase="online"] .dot { background: CanvasText; forced-color-adjust: none; }
}
`;
