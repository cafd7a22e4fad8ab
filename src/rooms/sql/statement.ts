/** Text in quotes of any kind, and comments: what SQL does not read as words. */
const QUOTED = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/**
 * Words with which something is written; all but the last are reserved, so that they are nothing else when they are
 * not quoted.
 */
const WRITING = /\b(?:insert|update|delete|create|drop|alter|reindex|analyze|vacuum|replace\s+into)\b/i;

const BLANK = /^(?:[\s;]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/;

const known = new Map<string, boolean>();
const MAX_KNOWN = 500;

/** Whether a query is one that writes, though it may find nothing to write. */
export function writesIn(query: string): boolean {
  let writes = known.get(query);
  if (writes === undefined) {
    writes = WRITING.test(query.replace(QUOTED, " "));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(query, writes);
  }
  return writes;
}

/** A query without what comes before its first statement: space, comments, semicolons. */
export function withoutBlank(query: string): string {
  return query.replace(BLANK, "");
}
