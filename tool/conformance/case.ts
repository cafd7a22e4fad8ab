import type { Sentence } from "./standard/sentence.ts";
import type { Subject } from "./subject.ts";
import type { Outcome } from "./verdict.ts";

export type Role = "server" | "client";

/** The sentence that a case tests; two where the standard says it to each role by itself. */
export type Quote = Sentence | Readonly<Record<Role, Sentence>>;

/** One thing that is tested, on a connection (or several) of its own. */
export interface Case {
  /** What the subject does or must not do, in a few words. */
  readonly title: string;
  readonly quote: Quote;
  /** Which side of a connection it tests [both]. */
  readonly tests?: Role;
  /** Multiplies the deadline, for what moves many bytes [1]. */
  readonly patience?: number;
  run(subject: Subject): Promise<Outcome>;
}

/** A case for one role, with its number, which never changes: new cases come last in their section. */
export interface NumberedCase extends Case {
  /** Such as `1.2.3`: group, section, case. */
  readonly id: string;
  readonly group: string;
  readonly quote: Sentence;
}

/** Cases that share a sentence of the standard, mostly made from a table. */
export type Section = readonly Case[];

export interface Group {
  /** One word, for `--only`. */
  readonly name: string;
  readonly title: string;
  readonly sections: readonly Section[];
}

/** The cases of the groups that test `role`, numbered by their place among all. */
export function number(groups: readonly Group[], role: Role): NumberedCase[] {
  return groups.flatMap((group, g) =>
    group.sections.flatMap((section, s) =>
      section.flatMap((one, c) => {
        if (one.tests !== undefined && one.tests !== role) return [];
        const quote = "text" in one.quote ? one.quote : one.quote[role];
        return [{ ...one, quote, id: `${g + 1}.${s + 1}.${c + 1}`, group: group.name }];
      }),
    ),
  );
}
