import { requestHost } from "./forwarded.ts";
import { quote } from "./log.ts";
import type { ResolvedOptions } from "./options.ts";

/** Ports that a Host without one may mean; whether TLS ended before us is not known. */
const DEFAULT_PORTS = ["80", "443"];

/**
 * Why a request's host is refused, or undefined where it is one of ours, or ours are not known.
 *
 * A page whose name was made to resolve to our address (DNS rebinding) is of the request's own host, so that the rule
 * of origins lets it in; but the host is the stranger's, and this is where it shows.
 */
export function refusedHost(
  request: Request,
  { hosts, trustProxy }: Pick<ResolvedOptions, "hosts" | "trustProxy">,
): string | undefined {
  if (hosts.length === 0) return undefined;
  const host = requestHost(request, trustProxy);
  if (hosts.some((listed) => isListed(listed, host))) return undefined;
  return `host ${quote(host)} is not in the option hosts, which has ${hosts.map(quote).join(", ")}`;
}

function isListed(listed: string, host: string): boolean {
  const ours = split(listed);
  const theirs = split(host);
  if (ours.name !== theirs.name) return false;
  if (ours.port === "" || ours.port === theirs.port) return true;
  return theirs.port === "" && DEFAULT_PORTS.includes(ours.port);
}

function split(host: string): { name: string; port: string } {
  const { name = host, port = "" } = /^(?<name>.*?)(?::(?<port>\d*))?$/.exec(host)?.groups ?? {};
  return { name: name.toLowerCase(), port };
}
