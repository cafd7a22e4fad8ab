import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whose code is faulty. Before there are mutants of a client, "client" comes here, and its judge to the others. */
export type Role = "server";

/** A fault to seed in a copy of Wirehall, and the cases of the tool that must tell it. */
export interface Mutant {
  /** What the faulty code does. */
  readonly name: string;
  /** [server] */
  readonly role?: Role;
  /** From the repository's root. */
  readonly file: string;
  /** The text that is replaced. It occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  /**
   * Numbers of cases, or how they begin: of each, some case must tell. One of several is enough where TCP may put
   * together what was written in pieces.
   */
  readonly kills: readonly (string | readonly string[])[];
  /** The endpoint of the server under test that shows it [/]. */
  readonly path?: "/" | "/fresh" | "/small";
  /** What it leaves undone is told by nothing but the deadline of a case, which proves nothing of other mutants. */
  readonly hangs?: true;
  /** What its cases find where the standard leaves it open, and the tool ends with 0 [failed or lenient]. */
  readonly tells?: "informational" | "unimplemented";
}

export interface MutantGroup {
  readonly title: string;
  readonly mutants: readonly Mutant[];
}

/**
 * Seeds the fault in the copy; the function that it returns takes it out. Throws where the source has changed, so that
 * the mutant has to as well.
 */
export function seed(copy: string, { name, file, find, replace }: Mutant): () => void {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  const [before, after, ...more] = source.split(find);
  if (after === undefined || more.length > 0) {
    const places = after === undefined ? "nowhere" : `${more.length + 1} times`;
    throw new Error(`mend the mutant "${name}": what it replaces stands ${places} in ${file}, not once`);
  }
  writeFileSync(path, before + replace + after);
  return () => writeFileSync(path, source);
}
