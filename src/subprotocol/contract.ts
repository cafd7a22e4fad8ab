/**
 * What a room and its clients say to each other, as types. All parts may be left out.
 *
 * `messages` is what clients send, by name; `events` is what the room sends, by name; `calls` has functions; `presence`
 * is the public state of a member.
 */
export interface Contract {
  readonly messages?: object;
  readonly events?: object;
  readonly calls?: object;
  readonly presence?: unknown;
}

/** The contract of a client that was given none: every name is good, and nothing is known of what it carries. */
export interface AnyContract {
  readonly messages: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, unknown>>;
  readonly calls: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  readonly presence: unknown;
}

/** One part of a contract; without names where it is left out. */
export type PartOf<C extends Contract, Part extends keyof Contract> = C extends {
  readonly [K in Part]: infer P;
}
  ? P
  : Record<never, never>;

/** The names in one part of a contract. */
export type NamesOf<C extends Contract, Part extends keyof Contract> = keyof PartOf<C, Part> & string;

/** The public state of a member. */
export type PresenceOf<C extends Contract> = C extends { readonly presence: infer P } ? P : unknown;

/** The arguments of a call. */
export type ArgsOf<C extends Contract, Name extends NamesOf<C, "calls">> = PartOf<C, "calls">[Name] extends (
  ...args: infer Args
) => unknown
  ? Args
  : never;

/** What a call answers with. */
export type ResultOf<C extends Contract, Name extends NamesOf<C, "calls">> = PartOf<
  C,
  "calls"
>[Name] extends (...args: never) => infer Result
  ? Awaited<Result>
  : never;
