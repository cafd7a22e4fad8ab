import type { Token } from "./tokens.ts";

export interface Import {
  /** undefined when it is computed, so that nobody can tell from the source what is imported. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/** Every module that the tokens name: static, for types, re-exported, dynamic, in a type, and by require. */
export function importsOf(tokens: readonly Token[]): Import[] {
  const imports: Import[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== "word" || isMark(tokens[index - 1], ".")) return;
    const next = tokens[index + 1];
    if ((token.text === "import" || token.text === "require") && isMark(next, "(")) {
      imports.push({ specifier: onlyArgument(tokens, index + 2), line: token.line });
    } else if (token.text === "import" && next?.kind === "string") {
      imports.push({ specifier: next.text, line: token.line });
    } else if ((token.text === "import" && next?.kind === "word") || opensClause(token, tokens, index)) {
      const specifier = afterFrom(tokens, index + 1);
      if (specifier !== undefined) imports.push({ specifier, line: token.line });
    }
  });
  return imports;
}

/** Whether the tokens are nothing but `export ... from "..."`. */
export function onlyReexports(tokens: readonly Token[]): boolean {
  let index = 0;
  while (index < tokens.length) {
    if (tokens[index].text !== "export" || !opensClause(tokens[index], tokens, index)) return false;
    const end = tokens.findIndex((token, at) => at > index && isMark(token, ";"));
    if (end === -1 || afterFrom(tokens, index + 1) === undefined || tokens[end - 1].kind !== "string")
      return false;
    index = end + 1;
  }
  return true;
}

export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === "mark" && token.text === text;
}

function isWord(token: Token | undefined, text: string): boolean {
  return token?.kind === "word" && token.text === text;
}

function opensClause(token: Token, tokens: readonly Token[], index: number): boolean {
  if (token.text !== "import" && token.text !== "export") return false;
  const first = isWord(tokens[index + 1], "type") ? tokens[index + 2] : tokens[index + 1];
  return isMark(first, "{") || isMark(first, "*");
}

function afterFrom(tokens: readonly Token[], start: number): string | undefined {
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index];
    if (isWord(token, "from") && tokens[index + 1]?.kind === "string") return tokens[index + 1].text;
    const inClause = token.kind !== "mark" || "{},*".includes(token.text);
    // An export of names that are declared here has no `from`: what follows its brace is another statement.
    if (!inClause || (isMark(token, "}") && !isWord(tokens[index + 1], "from"))) return undefined;
  }
  return undefined;
}

function onlyArgument(tokens: readonly Token[], index: number): string | undefined {
  const closed = isMark(tokens[index + 1], ")") || isMark(tokens[index + 1], ",");
  return tokens[index]?.kind === "string" && closed ? tokens[index].text : undefined;
}
