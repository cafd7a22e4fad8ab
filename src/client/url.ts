import { WirehallError } from "../errors.ts";

/** The URL of a WebSocket: `http:` becomes `ws:`, and a path is the page's. Throws `INVALID_URL`. */
export function webSocketUrl(given: string | URL): string {
  try {
    const url = new URL(given, (globalThis as { location?: { href?: string } }).location?.href);
    url.protocol = url.protocol.replace(/^http/, "ws");
    url.hash = "";
    if (/^wss?:$/.test(url.protocol)) return url.href;
  } catch {}
  throw new WirehallError(
    "INVALID_URL",
    `${JSON.stringify(String(given))} is no URL for a WebSocket: write wss://host/path, or a path in a page`,
  );
}

/** A token as a subprotocol; the server reads it and never chooses it. */
export function tokenSubprotocol(token: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(token)) bytes += String.fromCharCode(byte);
  return `wirehall.token.${btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}
