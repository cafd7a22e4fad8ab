import type { ResolvedOptions } from "../endpoint/options.ts";
import type { CallReply } from "./calls.ts";
import type { RoomLimits } from "./limits.ts";
import type { RoomClass } from "./room.ts";
import type { ImportSource } from "./transfer/stream.ts";

/** What a hall knows of one class of rooms. */
export interface RoomKind {
  /** The key in the hall. */
  readonly key: string;
  readonly roomClass: RoomClass;
  readonly options: ResolvedOptions;
  readonly limits: RoomLimits;
}

/** One room as a runtime reaches it, wherever it lives. `chain` names the rooms that wait for the answer. */
export interface RoomAccess {
  fetch(request: Request, chain: readonly string[]): Promise<Response>;
  call(method: string, args: Uint8Array, chain: readonly string[]): Promise<CallReply>;
  /** Makes it leave memory, with its members connected. */
  hibernate(): Promise<void>;
  /** Everything that it keeps. */
  exports(): Promise<ReadableStream<Uint8Array>>;
  imports(source: ImportSource): Promise<void>;
}

/** How a runtime reaches rooms. */
export type Locate = (kind: RoomKind, name: string) => RoomAccess;

/** A room's name in chains of calls. */
export function roomKey(key: string, name: string): string {
  return JSON.stringify([key, name]);
}
