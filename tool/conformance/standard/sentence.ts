/** Why no case tests a sentence. */
export const reasons = {
  abort: "No algorithm of the standard asks for it: 4.2.2 has a server answer by HTTP, which 7.2 tests.",
  author: "It binds those who define extensions.",
  browser: "Whether a client is a browser cannot be seen from outside.",
  echo: "A subject that only echoes never begins to close while all is well.",
  hint: "A smaller window is within any offer; 9.1 shows which windows a subject agrees to.",
  hosts: "It is about connections to several hosts, and the tool is one.",
  inside: "What a server thinks of a client stays inside it.",
  intermediary: "It binds intermediaries.",
  log: "What a server logs stays inside it.",
  needed: "No case can make a client need an extension.",
  order: "The client asks for the cases in its own order, and may ask for one at a time.",
  proxy: "It is about proxies, and the tool is none.",
  reconnect: "A client that asks for its cases is never led to connect again.",
  registry: "A client may offer what is registered later than this tool was made.",
  tls: "The tool speaks no TLS.",
  unreachable: "Where no connection comes there is nothing to see.",
  url: "The URL comes to the client from its own program.",
  users: "What users are shown is outside of the protocol.",
} as const;

export type Reason = keyof typeof reasons;

/** A sentence of a standard, word by word; a list's introduction stands before each of its items. */
export interface Sentence {
  /** Such as `RFC 6455, 5.2`. */
  readonly source: string;
  readonly text: string;
  /** `endpoint`: clients and servers alike. */
  readonly binds: "client" | "server" | "endpoint" | "intermediary" | "extension";
  /** The keyword of the algorithm or list that it is a part of. */
  readonly stepOf?: "MUST";
  /** The numbers of cases that test it beside those that quote it, or their beginnings. */
  readonly by?: readonly string[];
  /** Why it has no case, or what of it none can see. */
  readonly untested?: Reason;
}

const keyword = /\b(MUST NOT|MUST|SHALL NOT|SHALL|SHOULD NOT|SHOULD|RECOMMENDED|REQUIRED|MAY|OPTIONAL)\b/g;

/** The keywords of RFC 2119 that a sentence has, such as `MUST, MAY`; in brackets what it has from its algorithm. */
export function levelOf({ text, stepOf }: Sentence): string {
  const found = [...new Set(text.match(keyword) ?? [])];
  if (found.length > 0) return found.join(", ");
  if (stepOf !== undefined) return `(${stepOf})`;
  return /\b(must|should|recommended)\b/.exec(text)?.[0] ?? "";
}
