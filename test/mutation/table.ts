import type { Result } from "../../tool/conformance/run-case.ts";
import type { Mutant, MutantGroup } from "./mutant.ts";

const mostShown = 6;

/** Which cases told each mutant, for people. */
export function table(groups: readonly MutantGroup[], told: ReadonlyMap<Mutant, readonly Result[]>): string {
  const width = Math.max(...groups.flatMap(({ mutants }) => mutants.map(({ name }) => name.length)));
  const rows = groups.flatMap(({ title, mutants }) => [
    "",
    title.toUpperCase(),
    ...mutants.map((mutant) => `${mutant.name.padEnd(width)}  ${shown(told.get(mutant) ?? [])}`),
  ]);
  const mutants = groups.flatMap((group) => group.mutants);
  const killed = mutants.filter((mutant) => (told.get(mutant) ?? []).length > 0).length;
  return [...rows, "", `${killed} of ${mutants.length} mutants killed`].join("\n");
}

/** Such as `1.4.1 lenient, 1.4.2 lenient`. */
function shown(results: readonly Result[]): string {
  if (results.length === 0) return "SURVIVES";
  const cells = results.slice(0, mostShown).map(({ id, verdict }) => `${id} ${verdict}`);
  const rest = results.length - cells.length;
  return `${cells.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
