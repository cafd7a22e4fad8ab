import type { Gaps } from "../endpoint/capability.ts";
import type { SharedMessage } from "../protocol/mod.ts";

/**
 * The port between a room and where it lives.
 *
 * A host brings the events of one room to its keeper, and carries out what a turn committed.
 */
export interface Host {
  /** The room's name. */
  readonly name: string;
  /** Those who are connected now, also after the room had left memory. */
  members(): Iterable<HostMember>;
  /** A turn that has committed admitted a candidate: from now on it is one of the members, with this state. */
  admit(member: HostMember): void;
}

/** A member as its host knows it: a transport, and the state that survives the room's absence from memory. */
export interface HostMember {
  readonly id: string;
  /** It was asked to close: nothing of it is delivered any more. */
  readonly isClosing: boolean;
  /** What its transport can't do. */
  readonly gaps: Gaps;
  /** When it is closed with 3000, in milliseconds since the epoch. Assigned only where the transport can. */
  expiresAt: number | undefined;
  /** The state that was kept last; a copy of its own for each call. */
  readState(): unknown;
  /** Keeps a snapshot of the state. */
  keepState(state: unknown): void;
  /** To a member whose WebSocket is not open yet, what is sent waits for it. */
  send(data: SharedMessage, key?: string): void;
  close(code: number | undefined, reason: string): void;
}
