import { parseArgs } from "node:util";
import type { Address } from "./server-subject.ts";

/** What the command line asks for. */
export interface Wanted {
  /** The server under test, or the port on which a client under test is awaited. */
  readonly subject: Address | number;
  readonly list: boolean;
  readonly only: readonly string[];
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly allowLenient: boolean;
}

export const usage = `wirehall conformance ws://host:port/path   tests a server that echoes
wirehall conformance --listen PORT         tests a client that echoes

  --only 5.4 | utf8   cases whose number begins so, or of that group; may be repeated
  --list              prints the cases and ends
  --json FILE         writes all results
  --html FILE         writes a report for people
  --allow lenient     lenient cases do not count as failures
  --timeout-ms N      for one case [10000]
  --concurrency N     cases at a time [8]

Exit status: 0 when nothing failed and nothing is lenient, 1 otherwise, 2 when there is nothing to test.`;

const options = {
  listen: { type: "string" },
  only: { type: "string", multiple: true },
  list: { type: "boolean" },
  json: { type: "string" },
  html: { type: "string" },
  allow: { type: "string" },
  "timeout-ms": { type: "string" },
  concurrency: { type: "string" },
} as const;

/** The arguments after `conformance`, or in one line what is wrong with them. */
export function parseWanted(args: readonly string[]): Wanted | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return (error as Error).message.split(/\.\s|\n/, 1)[0];
  }
  const { values, positionals } = parsed;
  const timeoutMs = count(values["timeout-ms"] ?? "10000", 3_600_000);
  if (timeoutMs === undefined) return `--timeout-ms ${values["timeout-ms"]}: give a number of milliseconds`;
  const concurrency = count(values.concurrency ?? "8", 256);
  if (concurrency === undefined) return `--concurrency ${values.concurrency}: give a number from 1 to 256`;
  if (values.allow !== undefined && values.allow !== "lenient")
    return `--allow ${values.allow}: only lenient can be allowed`;
  const subject = subjectOf(values.listen, positionals, values.list ?? false);
  if (typeof subject === "string") return subject;
  const { list = false, only = [], json, html } = values;
  return {
    subject,
    list,
    only,
    json,
    html,
    timeoutMs,
    concurrency,
    allowLenient: values.allow === "lenient",
  };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options, allowPositionals: true });
}

function subjectOf(
  listen: string | undefined,
  urls: readonly string[],
  list: boolean,
): Address | number | string {
  if (listen !== undefined) {
    if (urls.length > 0) return "give either a URL or --listen";
    const port = listen === "0" ? 0 : count(listen, 65_535);
    return port ?? `--listen ${listen}: give a port from 0 to 65535`;
  }
  if (urls.length > 1) return `one URL, please, not ${urls.length}`;
  if (urls.length === 0)
    return list ? { host: "", port: 0, target: "" } : "give the URL of a server, or --listen PORT";
  return addressOf(urls[0]);
}

function addressOf(text: string): Address | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "wss:")
    return `${text}: there is no TLS in this tool: test what is behind it by ws://`;
  if (url?.protocol !== "ws:" || url.hostname === "")
    return `${text}: this is no URL like ws://host:port/path`;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { host, port: url.port === "" ? 80 : Number(url.port), target: `${url.pathname}${url.search}` };
}

function count(text: string, most: number): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : undefined;
}
