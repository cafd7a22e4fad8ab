/**
 * Under what a client's address is counted: an IPv4 address as it is, also where it is mapped into IPv6, and an IPv6
 * address by its /64, of which a single household has all.
 *
 * What is no address is counted as it is.
 */
export function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  const groups = groupsOf(address.split("%", 1)[0] as string);
  if (groups === undefined) return address;
  // RFC 4291 2.5.5.2: "IPv4-mapped IPv6 addresses" are ::ffff:0:0/96.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high, low] = groups.slice(6) as [number, number];
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight groups of an IPv6 address (RFC 4291, 2.2), or undefined. */
function groupsOf(address: string): number[] | undefined {
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map(readGroups);
  if (before === undefined || (halves.length === 2 && after === undefined)) return undefined;
  const missing = 8 - before.length - (after?.length ?? 0);
  if (halves.length === 1) return missing === 0 ? before : undefined;
  return missing < 1 ? undefined : [...before, ...new Array<number>(missing).fill(0), ...(after ?? [])];
}

function readGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const ipv4 =
      index === parts.length - 1 ? /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part) : null;
    if (ipv4 !== null) {
      const [a, b, c, d] = ipv4.slice(1).map(Number) as [number, number, number, number];
      if (Math.max(a, b, c, d) > 255) return undefined;
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}
