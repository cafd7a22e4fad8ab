import { BROKEN } from "./names.ts";

export type FaultKind =
  | "not-json"
  | "not-object"
  | "unknown-type"
  | "bad-field"
  | "bad-envelope"
  /** A frame at a time when it is not allowed; for state machines, a decoder knows no time. */
  | "out-of-turn";

/** A peer's fault: the connection is to be closed with this code and reason. */
export interface Fault {
  readonly type: "fault";
  readonly kind: FaultKind;
  readonly closeCode: number;
  /** For people; at most 123 bytes of UTF-8. */
  readonly reason: string;
}

/** `reason` must be ASCII of at most 123 characters, and quote nothing of the peer's. */
export function fault(kind: FaultKind, reason: string): Fault {
  return { type: "fault", kind, closeCode: BROKEN, reason };
}
