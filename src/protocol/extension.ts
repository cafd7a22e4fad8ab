import { isToken, type ListFault, skipSpace, tokenEnd } from "./headers.ts";

/** An extension as it is offered or accepted (RFC 6455 9.1). */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

/** `value` is undefined for a parameter without one. */
export interface ExtensionParameter {
  readonly name: string;
  readonly value: string | undefined;
}

/** What was read, and the index behind it. */
interface Read<T> {
  readonly result: T;
  readonly end: number;
}

/**
 * Reads `Sec-WebSocket-Extensions`, its lines joined by ", ", to a list in the order of preference.
 *
 * RFC 6455 9.1: "If a value is received by either the client or the server during negotiation that does not
 * conform to the ABNF below, the recipient of such malformed data MUST immediately _Fail the WebSocket
 * Connection_." So a fault here refuses the handshake, whether or not an extension is wanted.
 */
export function readExtensions(value: string): readonly Extension[] | ListFault {
  const extensions: Extension[] = [];
  let at = 0;
  for (;;) {
    at = skipSpace(value, at);
    // RFC 9110 5.6.1.2: "A recipient MUST parse and ignore a reasonable number of empty list elements".
    if (value[at] !== "," && at < value.length) {
      const extension = readExtension(value, at);
      if ("problem" in extension) return extension;
      extensions.push(extension.result);
      at = extension.end;
    }
    if (at === value.length) break;
    if (value[at] !== ",") return { index: at, problem: "bad character" };
    at++;
  }
  return extensions.length > 0 ? extensions : { index: value.length, problem: "a token is missing" };
}

/** Writes a list of extensions as a header's value. */
export function writeExtensions(extensions: readonly Extension[]): string {
  const parameter = ({ name, value }: ExtensionParameter): string =>
    value === undefined ? `; ${name}` : `; ${name}=${value}`;
  return extensions.map(({ name, parameters }) => name + parameters.map(parameter).join("")).join(", ");
}

/** `extension-token *( ";" extension-param )`, and the space behind it. */
function readExtension(text: string, start: number): Read<Extension> | ListFault {
  const nameEnd = tokenEnd(text, start);
  if (nameEnd === start) return noToken(text, start);
  const parameters: ExtensionParameter[] = [];
  let at = skipSpace(text, nameEnd);
  while (text[at] === ";") {
    const parameter = readParameter(text, skipSpace(text, at + 1));
    if ("problem" in parameter) return parameter;
    parameters.push(parameter.result);
    at = parameter.end;
  }
  return { result: { name: text.slice(start, nameEnd), parameters }, end: at };
}

/** `token [ "=" (token | quoted-string) ]`, and the space behind it, which RFC 2616 2.1 allows around "=" too. */
function readParameter(text: string, start: number): Read<ExtensionParameter> | ListFault {
  const nameEnd = tokenEnd(text, start);
  if (nameEnd === start) return noToken(text, start);
  const name = text.slice(start, nameEnd);
  const at = skipSpace(text, nameEnd);
  if (text[at] !== "=") return { result: { name, value: undefined }, end: at };
  const value = readValue(text, skipSpace(text, at + 1));
  if ("problem" in value) return value;
  return { result: { name, value: value.result }, end: skipSpace(text, value.end) };
}

function readValue(text: string, start: number): Read<string> | ListFault {
  if (text[start] === '"') return readQuoted(text, start);
  const end = tokenEnd(text, start);
  return end === start ? noToken(text, start) : { result: text.slice(start, end), end };
}

/**
 * Reads a quoted string.
 *
 * RFC 6455 9.1: "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST
 * conform to the 'token' ABNF."
 */
function readQuoted(text: string, start: number): Read<string> | ListFault {
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') {
      if (value === "") return { index: at, problem: "a quoted value is empty" };
      return { result: value, end: at + 1 };
    }
    if (text[at] === "\\") at++;
    if (at === text.length) break;
    if (!isToken(text[at] as string)) return { index: at, problem: "bad character" };
    value += text[at];
  }
  return { index: text.length, problem: "a quoted value does not end" };
}

function noToken(text: string, at: number): ListFault {
  return { index: at, problem: at === text.length ? "a token is missing" : "bad character" };
}
