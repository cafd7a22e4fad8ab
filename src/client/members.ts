import type { Presence } from "../subprotocol/mod.ts";

/** The most members that a list may have. */
const MAX_MEMBERS = 100_000;

/** The ids of those who came, who left and whose state is new. */
export interface MembersChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly changed: readonly string[];
}

/** Who is in the room with which public state, by the presence frames of one connection after another. */
export class MemberList {
  #current: ReadonlyMap<string, unknown> = new Map();
  /** A list that has begun and is not complete. */
  #coming: Map<string, unknown> | undefined;

  /** Replaced at each change, and never changed itself. */
  get current(): ReadonlyMap<string, unknown> {
    return this.#current;
  }

  /** What a frame changed: undefined while its list is not complete, false where that has too many members. */
  apply({ reset, more, join = [], change = [], leave = [] }: Presence): MembersChange | undefined | false {
    const begun = reset ? new Map<string, unknown>() : this.#coming;
    const next = begun ?? new Map(this.#current);
    for (const id of leave) next.delete(id);
    for (const { id, state } of [...join, ...change]) next.set(id, state);
    if (next.size > MAX_MEMBERS) return false;
    // Without a reset before it `more` means nothing.
    this.#coming = more ? begun : undefined;
    if (this.#coming !== undefined) return undefined;
    const before = this.#current;
    this.#current = next;
    const touched = begun === undefined ? [...join, ...change].map(({ id }) => id) : [...next.keys()];
    return {
      joined: [...next.keys()].filter((id) => !before.has(id)),
      left: [...before.keys()].filter((id) => !next.has(id)),
      changed: touched.filter((id) => before.has(id) && !same(before.get(id), next.get(id))),
    };
  }
}

/** States are JSON. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
