import type { NumberedCase, Role } from "../../tool/conformance/case.ts";
import { casesFor, chosen } from "../../tool/conformance/cases/all.ts";

/** The numbers of cases in the fewest words: whole groups, whole sections, and runs of cases. */
export function numbers(found: readonly NumberedCase[], role: Role): string {
  const all = casesFor(role);
  const ids = new Set(found.map(({ id }) => id));
  const isWhole = (prefix: string): boolean => chosen(all, prefix).every(({ id }) => ids.has(id));
  const parts = all
    .filter(({ id }) => ids.has(id))
    .map(({ id }) => {
      const [group, section] = id.split(".");
      return [group, `${group}.${section}`].find(isWhole) ?? id;
    });
  return runs([...new Set(parts)], all).join(", ");
}

/** Three or more that follow each other, as `1.2.1 to 1.2.3`. */
function runs(parts: readonly string[], all: readonly NumberedCase[]): string[] {
  const found: string[][] = [];
  for (const part of parts) {
    const run = found.at(-1);
    if (run !== undefined && next(run[run.length - 1], all) === part) run.push(part);
    else found.push([part]);
  }
  return found.flatMap((run) => (run.length > 2 ? [`${run[0]} to ${run.at(-1)}`] : run));
}

/** What comes after a case in its section, or after a section in its group. */
function next(part: string, all: readonly NumberedCase[]): string | undefined {
  const depth = part.split(".").length;
  const siblings = [...new Set(all.map(({ id }) => id.split(".", depth).join(".")))];
  const after: string | undefined = siblings[siblings.indexOf(part) + 1];
  return after?.slice(0, after.lastIndexOf(".")) === part.slice(0, part.lastIndexOf(".")) ? after : undefined;
}
