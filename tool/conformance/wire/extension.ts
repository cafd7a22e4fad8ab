import type { Agreement, Direction } from "./deflate.ts";
import { elements } from "./http.ts";

/** An extension with its parameters, as a header names it. */
export interface Extension {
  readonly name: string;
  /** The value is undefined for a parameter without one. */
  readonly params: readonly (readonly [name: string, value: string | undefined])[];
}

/** What a well-formed Sec-WebSocket-Extensions header names; quoted values are unquoted. */
export function extensions(values: readonly string[]): Extension[] {
  return elements(values)
    .filter((one) => one !== "")
    .map((one) => {
      const [name, ...params] = one.split(";").map((part) => part.trim());
      return { name, params: params.map(param) };
    });
}

function param(text: string): readonly [string, string | undefined] {
  const equals = text.indexOf("=");
  if (equals === -1) return [text, undefined];
  return [
    text.slice(0, equals).trim(),
    text
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1"),
  ];
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const oneExtension = `${token}(?:\\s*;\\s*${token}(?:\\s*=\\s*(?:${token}|${quoted}))?)*`;
const extensionList = new RegExp(`^\\s*${oneExtension}(?:\\s*,\\s*${oneExtension})*\\s*$`);

/** Why what a client offers is against RFC 6455, 9.1, or RFC 7692, 7.1. */
export function faultOfOffers(values: readonly string[]): string | undefined {
  const malformed = values.find((value) => !extensionList.test(value));
  if (malformed !== undefined) return `Sec-WebSocket-Extensions: ${malformed}`;
  const offers = extensions(values).filter(({ name }) => name === "permessage-deflate");
  // An offer may have client_max_window_bits without a value, and is like an answer in all else.
  const isHint = ([name, value]: Extension["params"][number]): boolean =>
    name === "client_max_window_bits" && value === undefined;
  for (const { name, params } of offers) {
    const fault = faultOf({ name, params: params.map((one) => (isHint(one) ? [one[0], "15"] : one)) });
    if (fault !== undefined) return `${fault} in an offer of permessage-deflate`;
  }
  return undefined;
}

/** Why an answer to a permessage-deflate offer is against RFC 7692, 7.1, whatever was offered. */
export function faultOf({ name, params }: Extension): string | undefined {
  if (name !== "permessage-deflate") return `the extension ${name}`;
  for (const [index, [key, value]] of params.entries()) {
    if (params.findIndex(([other]) => other === key) !== index) return `${key} twice`;
    if (key === "server_no_context_takeover" || key === "client_no_context_takeover") {
      if (value !== undefined) return `${key} with a value`;
    } else if (key === "server_max_window_bits" || key === "client_max_window_bits") {
      if (value === undefined || !/^([89]|1[0-5])$/.test(value)) return `${key}=${value ?? ""}`;
    } else return `the parameter ${key}`;
  }
  return undefined;
}

const known = /^(server|client)_(no_context_takeover|max_window_bits)$/;

/** Which condition of RFC 7692, 7 makes wrong parameters wrong: an unknown one, one that is twice there, or a value. */
export function conditionOf(params: string): "Unknown" | "Twice" | "Value" {
  const names = params.split(";").map((one) => one.split("=")[0].trim());
  if (!names.every((name) => known.test(name))) return "Unknown";
  return new Set(names).size < names.length ? "Twice" : "Value";
}

/** What an answer settles, as `role` of the tool sees it; `offers` are the tool's own, if it made any. */
export function agreementOf(
  answer: Extension,
  role: "client" | "server",
  offers: readonly Extension[] = [],
): Agreement {
  const direction = (side: "client" | "server", said: readonly Extension[]): Direction => ({
    windowBits: Math.min(...said.map((one) => Number(parameter(one, `${side}_max_window_bits`) ?? 15))),
    noContextTakeover: said.some(({ params }) =>
      params.some(([key]) => key === `${side}_no_context_takeover`),
    ),
  });
  // RFC 7692, 7.1.1.2 and 7.1.2.2: what a client offers to do with less, it does also where the answer is silent.
  const client = direction("client", [answer, ...offers]);
  const server = direction("server", [answer]);
  return role === "client"
    ? { toSubject: client, fromSubject: server }
    : { toSubject: server, fromSubject: client };
}

function parameter({ params }: Extension, key: string): string | undefined {
  return params.find(([one]) => one === key)?.[1];
}
