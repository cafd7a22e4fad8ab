import { MAX_NAME, MAX_ROOM, MAX_TEXT, NAME_RULE, ROOM_PATTERN, ROOM_RULE } from "../protocol.ts";
import { BODY } from "./body.ts";
import { FORM } from "./form.ts";
import { LINK } from "./link.ts";
import { LOG } from "./log.ts";
import { MAIN } from "./main.ts";
import { OUTBOX } from "./outbox.ts";
import { STYLE } from "./style.ts";

const RULES = JSON.stringify({
  maxName: MAX_NAME,
  maxRoom: MAX_ROOM,
  maxText: MAX_TEXT,
  name: NAME_RULE,
  room: ROOM_RULE,
  roomPattern: ROOM_PATTERN.source,
}).replaceAll("<", "\\u003c");

const SCRIPT = [`const rules = ${RULES};`, LINK, OUTBOX, LOG, FORM, MAIN].join("\n");

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E" +
  "%3Crect width='32' height='32' rx='8' fill='%230b6e5f'/%3E" +
  "%3Cpath d='M7 10l4.5 12L16 11l4.5 11L25 10' fill='none' stroke='%23fff' stroke-width='3' " +
  "stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E";

/** The whole page: nothing else is loaded. `nonce` is the one that its Content-Security-Policy names. */
export function page(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f6f6f3" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14171b" media="(prefers-color-scheme: dark)">
<meta name="description" content="A chat in rooms, on Wirehall.">
<title>Wirehall chat</title>
<link rel="icon" href="${ICON}">
<style nonce="${nonce}">${STYLE}</style>
</head>
${BODY}
<script type="module" nonce="${nonce}">
${SCRIPT}</script>
</html>
`;
}
