import { skipSpace } from "../protocol/headers.ts";
import { isHost } from "../protocol/mod.ts";

/** How many proxies in front of us are trusted: `true` is one. */
export type TrustProxy = boolean | number;

/** What one proxy said in `Forwarded`, by the parameter's name in lower case (RFC 7239 4). */
export type ForwardedElement = ReadonlyMap<string, string>;

// forwarded-pair = token "=" ( token / quoted-string ), of RFC 9110 5.6.
const PAIR =
  /([!#$%&'*+.^`|~\w-]+)=(?:([!#$%&'*+.^`|~\w-]+)|"((?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*)")/y;

/**
 * Reads `Forwarded`, its lines joined by commas, to an element for each proxy; undefined where it is malformed.
 *
 * Empty elements count: skipping one that a proxy of ours had added would put one that the client wrote in its place.
 */
export function readForwarded(value: string): readonly ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  let element = new Map<string, string>();
  let at = skipSpace(value, 0);
  for (;;) {
    if (at < value.length && value[at] !== ";" && value[at] !== ",") {
      PAIR.lastIndex = at;
      const [whole, name, token, quoted] = PAIR.exec(value) ?? [];
      // 4: "Each parameter MUST NOT occur more than once per field-value."
      if (whole === undefined || element.has(name.toLowerCase())) return undefined;
      element.set(name.toLowerCase(), token ?? quoted.replace(/\\(.)/g, "$1"));
      at = skipSpace(value, at + whole.length);
    }
    if (at === value.length || value[at] === ",") {
      elements.push(element);
      element = new Map();
    } else if (value[at] !== ";") return undefined;
    if (at === value.length) return elements;
    at = skipSpace(value, at + 1);
  }
}

/** The entries of an `X-Forwarded-` header, its lines joined by commas. */
export function readForwardedList(value: string): readonly string[] {
  return value.split(",").map((entry) => entry.trim());
}

/**
 * The host that the client asked for, as the proxies tell it; undefined where they don't, and where `Forwarded` and
 * `X-Forwarded-Host` contradict each other.
 *
 * Each of `hops` proxies adds an entry, or replaces the header: the entry of the first of them is `hops` from the
 * right, or the leftmost of fewer.
 */
export function forwardedHost(headers: Headers, hops: number): string | undefined {
  const forwarded = headers.get("forwarded");
  const listed = headers.get("x-forwarded-host");
  const said: (string | undefined)[] = [];
  if (listed !== null) said.push(nth(readForwardedList(listed), hops));
  if (forwarded !== null) {
    const elements = readForwarded(forwarded);
    const host = elements && nth(elements, hops)?.get("host");
    if (host !== undefined || elements === undefined) said.push(host);
  }
  const [host] = said;
  if (host === undefined || !isHost(host)) return undefined;
  return said.every((other) => other?.toLowerCase() === host.toLowerCase()) ? host : undefined;
}

function nth<T>(entries: readonly T[], hops: number): T | undefined {
  return entries.at(-hops) ?? entries[0];
}

/** The host that a request was sent to, as `Host` has it, or trusted proxies. */
export function requestHost(request: Request, trustProxy: TrustProxy): string {
  const { headers } = request;
  const forwarded = trustProxy ? forwardedHost(headers, Number(trustProxy)) : undefined;
  return forwarded ?? (headers.get("host") || new URL(request.url).host);
}
