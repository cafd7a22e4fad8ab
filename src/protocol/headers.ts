import { WirehallError } from "../errors.ts";

/** Header fields as the Fetch standard's `Headers` gives them: several lines of one name joined by ", ". */
export interface HeaderSource {
  get(name: string): string | null;
}

/** What is wrong with a list: the index of its bad character, which is its length where it ends too soon. */
export interface ListFault {
  readonly index: number;
  readonly problem: string;
}

// RFC 9110 5.6.2: tchar.
const TOKEN_CHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const isTokenCode: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  TOKEN_CHARS.includes(String.fromCharCode(code)),
);

/** Where the token that begins at `at` ends; `at` where there is none (RFC 9110 5.6.2). */
export function tokenEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isTokenCode[text.charCodeAt(end)] === true) end++;
  return end;
}

export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** Reads `1#token` of tokens that are all different, as RFC 6455 4.1 wants of subprotocols. */
export function readTokens(value: string): readonly string[] | ListFault {
  const tokens: string[] = [];
  let at = skipSpace(value, 0);
  for (;;) {
    const end = tokenEnd(value, at);
    if (end === at)
      return { index: at, problem: at === value.length ? "a token is missing" : "bad character" };
    const token = value.slice(at, end);
    if (tokens.includes(token)) return { index: at, problem: "a token is there twice" };
    tokens.push(token);
    const next = skipSpace(value, end);
    if (next === value.length) return tokens;
    if (value[next] !== ",") return { index: next, problem: "bad character" };
    at = skipSpace(value, next + 1);
  }
}

// RFC 3986 3.2.2, less the comma, by which several Host lines would be joined.
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d*)?$/i;

/** Whether this is one host, with or without a port (RFC 9110 7.2). */
export function isHost(text: string): boolean {
  return HOST.test(text);
}

/** Whether a comma-separated list has the token, in any case. */
export function hasToken(value: string | null, token: string): boolean {
  return value?.split(",").some((element) => element.trim().toLowerCase() === token) ?? false;
}

/**
 * A header line with its CRLF.
 *
 * Throws `INVALID_HEADER` for a name that is no token and a value with control characters (CR and LF among
 * them) or characters above U+00FF, which no header can bear (RFC 9110 5.5).
 */
export function headerLine(name: string, value: string): string {
  if (!isToken(name)) {
    throw new WirehallError("INVALID_HEADER", `the header name ${JSON.stringify(name)} is not a token`);
  }
  const bad = badValueIndex(value);
  if (bad !== -1) {
    throw new WirehallError(
      "INVALID_HEADER",
      `the value of the header ${name} has a bad character at index ${bad}`,
    );
  }
  return `${name}: ${value}\r\n`;
}

/** The index of the first character that may not be in a field value, or -1 (RFC 9110 5.5). */
export function badValueIndex(value: string): number {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return index;
  }
  return -1;
}

/** Header fields in the order in which they came, read without regard to case. */
export class HeaderFields implements HeaderSource {
  readonly #fields: (readonly [name: string, value: string])[] = [];

  add(name: string, value: string): void {
    this.#fields.push([name, value]);
  }

  get(name: string): string | null {
    const wanted = name.toLowerCase();
    const values = this.#fields.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value);
    return values.length === 0 ? null : values.join(", ");
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.#fields.values();
  }
}

/** The index after spaces and tabs (RFC 9110 5.6.3: OWS). */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (text[next] === " " || text[next] === "\t") next++;
  return next;
}
