/** A piece of TypeScript; comments are no tokens, and the text of a string is without its quotes. */
export interface Token {
  readonly kind: "word" | "string" | "mark";
  readonly text: string;
  readonly line: number;
}

const wordStart = /[\p{ID_Start}$_#\d]/u;
const wordRest = /[\p{ID_Continue}$\u200c\u200d]*/uy;
/** After these a slash begins a regular expression, though they are words. */
const beforeExpression = new Set(
  "return typeof case in of delete void throw new instanceof await yield else do".split(" "),
);

/** Splits TypeScript into tokens. Throws at a string that does not end, so that no code is ever taken for text. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;

  readCode(false);
  return tokens;

  function readCode(inTemplate: boolean): void {
    let depth = 0;
    while (at < source.length) {
      const char = source[at];
      if (char === "\n") line++;
      if (/\s/.test(char)) at++;
      else if (source.startsWith("//", at)) at = indexOrEnd("\n");
      else if (source.startsWith("/*", at)) skipTo(indexOrEnd("*/") + 2);
      else if (char === '"' || char === "'") readString(char);
      else if (char === "`") readTemplate();
      else if (char === "/" && expressionMayBegin()) readRegExp();
      else if (wordStart.test(char)) readWord();
      else {
        if (char === "{") depth++;
        if (char === "}" && depth-- === 0 && inTemplate) return;
        push("mark", char);
        at++;
      }
    }
    if (inTemplate) throw new Error(`a template does not end (line ${line})`);
  }

  function readWord(): void {
    wordRest.lastIndex = at + 1;
    const text = source[at] + (wordRest.exec(source)?.[0] ?? "");
    push("word", text);
    at += text.length;
  }

  function readString(quote: string): void {
    let end = at + 1;
    while (source[end] !== quote) {
      if (end >= source.length || source[end] === "\n")
        throw new Error(`a string does not end (line ${line})`);
      end += source[end] === "\\" ? 2 : 1;
    }
    push("string", source.slice(at + 1, end));
    at = end + 1;
  }

  function readTemplate(): void {
    let start = ++at;
    const first = line;
    while (source[at] !== "`") {
      if (at >= source.length) throw new Error(`a template does not end (line ${first})`);
      if (source.startsWith("${", at)) {
        push("string", source.slice(start, at));
        push("mark", "$");
        at += 2;
        readCode(true);
        start = at + 1;
      }
      if (source[at] === "\n") line++;
      at += source[at] === "\\" ? 2 : 1;
    }
    push("string", source.slice(start, at));
    at++;
  }

  function readRegExp(): void {
    let inClass = false;
    for (at++; inClass || source[at] !== "/"; at++) {
      if (at >= source.length || source[at] === "\n")
        throw new Error(`a regular expression does not end (line ${line})`);
      if (source[at] === "\\") at++;
      else if (source[at] === "[") inClass = true;
      else if (source[at] === "]") inClass = false;
    }
    push("mark", "/");
    at++;
  }

  function expressionMayBegin(): boolean {
    const last = tokens.at(-1);
    if (last === undefined) return true;
    if (last.kind === "word") return beforeExpression.has(last.text);
    return last.kind === "mark" && !")]}/".includes(last.text);
  }

  function push(kind: Token["kind"], text: string): void {
    tokens.push({ kind, text, line });
  }

  function indexOrEnd(text: string): number {
    const index = source.indexOf(text, at);
    return index === -1 ? source.length : index;
  }

  function skipTo(end: number): void {
    line += source.slice(at, end).split("\n").length - 1;
    at = end;
  }
}
