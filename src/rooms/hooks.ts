import { type Awaitable, chain } from "../endpoint/awaitable.ts";
import { isResponse } from "../endpoint/response.ts";
import { WirehallError } from "../errors.ts";
import type { CloseEnd } from "../protocol/mod.ts";
import { callMethod, encodeResult } from "./calls.ts";
import type { HostMember } from "./host.ts";
import type { Occupant } from "./occupant.ts";

/** How a room handles one kind of event; `a` and `b` are what the event brings, so that none needs a closure. */
export interface Hook<A, B, T> {
  /** The room's method, for the log. */
  readonly name: string;
  handle(occupant: Occupant, a: A, b: B): Awaitable<T>;
}

export const startHook: Hook<undefined, undefined, void> = {
  name: "onStart",
  handle: ({ room }) => room.onStart(),
};

export const connectHook: Hook<HostMember, Request, Response | undefined> = {
  name: "onConnect",
  handle: ({ room, members }, candidate, request) =>
    chain(room.onConnect(members.add(candidate), request), (refusal) => {
      if (refusal === undefined) return undefined;
      members.remove(candidate);
      return checkRefusal(refusal);
    }),
};

export const messageHook: Hook<HostMember, string | Uint8Array, void> = {
  name: "onMessage",
  handle({ room, members }, member, data) {
    const known = members.get(member.id);
    // What waited while the member's own turn, or another's, closed it is not delivered.
    if (known !== undefined && !known.isClosing && !member.isClosing) return room.onMessage(known, data);
  },
};

export const closeHook: Hook<HostMember, CloseEnd, void> = {
  name: "onClose",
  handle: ({ room, members }, member, end) => room.onClose(members.remove(member), end),
};

export const requestHook: Hook<Request, undefined, Response> = {
  name: "onRequest",
  handle: ({ room }, request) => room.onRequest(request),
};

/** A method by its name, with its arguments; the result is encoded in the turn, which fails where it can't be. */
export const callHook: Hook<string, Uint8Array, Uint8Array> = {
  name: "call",
  handle: ({ room }, method, args) =>
    chain(callMethod(room, method, args) as Awaitable<unknown>, encodeResult),
};

export const turnHook: Hook<() => Awaitable<unknown>, undefined, unknown> = {
  name: "turn",
  handle: (_occupant, act) => act(),
};

/** A hook that means to refuse, with `false` or null, must not let in. */
function checkRefusal(refusal: unknown): Response {
  if (isResponse(refusal)) return refusal;
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `onConnect returned ${String(refusal)}: return nothing to let in, a Response to refuse`,
  );
}
