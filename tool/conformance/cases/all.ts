import { type Group, type NumberedCase, number, type Role } from "../case.ts";
import { closing } from "./close.ts";
import { deflate } from "./deflate.ts";
import { fragments } from "./fragments.ts";
import { framing } from "./framing.ts";
import { handshake } from "./handshake.ts";
import { limits } from "./limits.ts";
import { offers } from "./offers.ts";
import { pings } from "./pings.ts";
import { reserved } from "./reserved.ts";
import { utf8 } from "./utf8.ts";

/** In the order of their numbers, which never changes: new groups come last. */
export const groups: readonly Group[] = [
  framing,
  pings,
  reserved,
  fragments,
  utf8,
  closing,
  handshake,
  limits,
  offers,
  deflate,
];

/** All cases that test a server or a client, in order. */
export function casesFor(role: Role): readonly NumberedCase[] {
  return number(groups, role);
}

/** The cases whose number begins with `only`, or whose group has that name. */
export function chosen(cases: readonly NumberedCase[], only: string): readonly NumberedCase[] {
  const inside = (id: string): boolean =>
    id === only || id.startsWith(only.endsWith(".") ? only : `${only}.`);
  return cases.filter(({ id, group }) => group === only || inside(id));
}
