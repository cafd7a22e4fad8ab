import { readForwarded, readForwardedList, type TrustProxy } from "./forwarded.ts";

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const MAPPED = /^::ffff:(?=[\d.]+$)/i;
// RFC 7239 6: a port may be a number, or "_" and more.
const BRACKETED = /^\[([^\]]*)\](?::[\w.-]+)?$/;
const WITH_PORT = /^([\d.]+):[\w.-]+$/;

/**
 * The client's address: what the transport sees or, behind proxies that are trusted, what the first of them saw.
 *
 * `hops` proxies each add who they were called by to `X-Forwarded-For` or `Forwarded`, so that the client is `hops`
 * from the right, and what stands left of it is hearsay. Where there are fewer entries, or that one is no address
 * ("unknown", "_hidden"), or the two headers contradict each other, it is the transport's.
 */
export function clientAddress(
  request: Request,
  remoteAddress: string | undefined,
  trustProxy: TrustProxy,
): string | undefined {
  const hops = Number(trustProxy);
  return (hops > 0 ? forwardedAddress(request.headers, hops) : undefined) ?? remoteAddress;
}

function forwardedAddress(headers: Headers, hops: number): string | undefined {
  const forwarded = headers.get("forwarded");
  const listed = headers.get("x-forwarded-for");
  const said: (string | undefined)[] = [];
  if (listed !== null) said.push(readNode(readForwardedList(listed).at(-hops)));
  if (forwarded !== null) {
    const elements = readForwarded(forwarded);
    const node = elements?.at(-hops)?.get("for");
    // A proxy that tells only the host in `Forwarded` contradicts nobody.
    if (node !== undefined || elements === undefined) said.push(readNode(node));
  }
  return said.every((address) => address === said[0]) ? said[0] : undefined;
}

/** The address in a node's name (RFC 7239 6), without brackets and port, written in one way; undefined for none. */
function readNode(node = ""): string | undefined {
  const text = (BRACKETED.exec(node) ?? WITH_PORT.exec(node))?.[1] ?? node;
  const unmapped = text.replace(MAPPED, "");
  if (IPV4.test(unmapped)) return unmapped;
  if (!/^[\da-f:.]{2,45}$/i.test(text)) return undefined;
  // As the URL standard writes it, which refuses what is none.
  const url = `http://[${text}]/`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}
