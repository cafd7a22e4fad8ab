import type { Subject } from "./subject.ts";
import type { Outcome } from "./verdict.ts";

/** A sentence of a standard, word by word. */
export interface Quote {
  /** Such as `RFC 6455, 5.2`. */
  readonly source: string;
  readonly text: string;
}

/** One thing that is tested, on a connection (or several) of its own. */
export interface Case {
  /** What the subject does or must not do, in a few words. */
  readonly title: string;
  readonly quote: Quote;
  /** Which side of a connection it tests [both]. */
  readonly tests?: "server" | "client";
  /** Multiplies the deadline, for what moves many bytes [1]. */
  readonly patience?: number;
  run(subject: Subject): Promise<Outcome>;
}

/** A case with its number, which never changes: new cases come last in their section. */
export interface NumberedCase extends Case {
  /** Such as `1.2.3`: group, section, case. */
  readonly id: string;
  readonly group: string;
}

/** Cases that share a sentence of the standard, mostly made from a table. */
export type Section = readonly Case[];

export interface Group {
  /** One word, for `--only`. */
  readonly name: string;
  readonly title: string;
  readonly sections: readonly Section[];
}

/** All cases of the groups, numbered by their place. */
export function number(groups: readonly Group[]): NumberedCase[] {
  return groups.flatMap((group, g) =>
    group.sections.flatMap((section, s) =>
      section.map((one, c) => ({ ...one, id: `${g + 1}.${s + 1}.${c + 1}`, group: group.name })),
    ),
  );
}
