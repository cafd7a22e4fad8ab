import type { DialAddress } from "./stream.ts";

/**
 * Whether a list as in the variable NO_PROXY has the address: entries are names, which stand for their subdomains too
 * (a leading `.` or `*.` changes nothing), addresses and blocks of them (`10.0.0.0/8`), each with a port where it holds
 * for that alone, or `*` for all.
 */
export function bypassesProxy(list: string, { hostname, port }: DialAddress): boolean {
  const bits = bitsOf(hostname);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "" || entry === "*") return entry === "*";
      const block = /^\[?([^\]]+)\]?\/(\d{1,3})$/.exec(entry);
      if (block !== null) return bits !== undefined && isIn(bits, block[1] as string, Number(block[2]));
      const { host, only } = readEntry(entry);
      if (only !== undefined && only !== port) return false;
      if (bits !== undefined) return bits === bitsOf(host);
      const name = host.replace(/^\*?\./, "");
      return hostname === name || hostname.endsWith(`.${name}`);
    });
}

/** Whether this is the machine's own address, which no proxy leads to. */
export function isLoopback({ hostname }: DialAddress): boolean {
  return bypassesProxy("localhost,127.0.0.0/8,::1", { hostname, port: 0 });
}

/** An entry's host, and the only port that it holds for. An address of IPv6 has a port behind brackets alone. */
function readEntry(entry: string): { host: string; only: number | undefined } {
  const parts = /^(?:\[([\da-f:.]+)\]|([^:]+))(?::(\d+))?$/.exec(entry);
  if (parts === null) return { host: entry, only: undefined };
  return {
    host: parts[1] ?? (parts[2] as string),
    only: parts[3] === undefined ? undefined : Number(parts[3]),
  };
}

function isIn(bits: string, base: string, length: number): boolean {
  const baseBits = bitsOf(base);
  return baseBits?.length === bits.length && bits.startsWith(baseBits.slice(0, length));
}

/** The 32 or 128 bits of an address, each a character; undefined for a name. */
function bitsOf(host: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return binary(host.split("."), 10, 8);
  if (!host.includes(":")) return undefined;
  // A URL's host is the address in its shortest form (RFC 5952).
  const shortest = URL.parse(`http://[${host}]/`)?.hostname.slice(1, -1);
  if (shortest === undefined) return undefined;
  const [before = "", after] = shortest.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  if (after === undefined) return binary(groups(before), 16, 16);
  const zeros = Array.from({ length: 8 - groups(before).length - groups(after).length }, () => "0");
  return binary([...groups(before), ...zeros, ...groups(after)], 16, 16);
}

function binary(numbers: readonly string[], radix: number, bits: number): string {
  return numbers.map((number) => Number.parseInt(number, radix).toString(2).padStart(bits, "0")).join("");
}
