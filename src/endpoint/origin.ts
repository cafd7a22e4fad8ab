import { isPromise } from "./awaitable.ts";
import { requestHost } from "./forwarded.ts";
import { quote } from "./log.ts";
import type { ResolvedOptions } from "./options.ts";

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  "http:": "80",
  "https:": "443",
  "ws:": "80",
  "wss:": "443",
};

/**
 * Why a request's origin is refused, or undefined where it may come in (RFC 6455, 10.2).
 *
 * It passes if it is absent, listed, or if its host and port equal the request's. The scheme is not compared, since
 * TLS often ends before us.
 */
export function refusedOrigin(
  origin: string | null,
  request: Request,
  options: Pick<ResolvedOptions, "origins" | "trustProxy">,
): string | undefined {
  const { origins } = options;
  if (origin === null || origins === "any") return undefined;
  if (typeof origins === "function") {
    const passes: unknown = origins(origin, request);
    if (passes === true) return undefined;
    const why = isPromise(passes) ? ", which must not be asynchronous" : "";
    return `origin ${quote(origin)} is refused by the option origins${why}`;
  }
  if (origins.some((listed) => sameOrigin(listed, origin))) return undefined;
  const host = requestHost(request, options.trustProxy);
  if (origin !== "null" && sameHost(origin, host)) return undefined;
  const why = `origin ${quote(origin)} is not of the host ${quote(host)}; list it in the option origins to let it in`;
  return options.trustProxy ? why : `${why}${proxyHint(origin, request)}`;
}

/** What helps where the page is of our own, but a proxy of ours hides by what name it was asked for. */
function proxyHint(origin: string, request: Request): string {
  const told = requestHost(request, true);
  if (origin !== "null" && sameHost(origin, told)) {
    return `, or set trustProxy if a proxy of yours says that the host is ${quote(told)}`;
  }
  return "; behind a proxy that changes Host, let it pass Host on";
}

function sameOrigin(listed: string, origin: string): boolean {
  return normalize(listed) === normalize(origin);
}

function normalize(origin: string): string {
  const parts = split(origin);
  return parts === undefined ? origin : `${parts.scheme}//${parts.host}:${parts.port}`;
}

/** The port that is missing from either side is the default of the origin's scheme. */
function sameHost(origin: string, host: string): boolean {
  const page = split(origin);
  const target = page && split(`${page.scheme}//${host}`);
  return page !== undefined && target !== undefined && page.host === target.host && page.port === target.port;
}

function split(origin: string): { scheme: string; host: string; port: string } | undefined {
  const match = /^([a-z][a-z0-9+.-]*:)\/\/([^/?#@]*?)(?::(\d*))?$/i.exec(origin);
  if (match === null || match[2] === "") return undefined;
  const scheme = match[1].toLowerCase();
  return { scheme, host: match[2].toLowerCase(), port: match[3] || DEFAULT_PORTS[scheme] || "" };
}
