import type { Meter } from "./meter.ts";
import type { ResolvedOptions } from "./options.ts";
import type { OutputBudget } from "./output-budget.ts";
import type { Wheel } from "./wheel.ts";

/** What a session takes of the options of an endpoint or of a dial. */
export type SessionOptions = Pick<
  ResolvedOptions,
  | "maxMessageBytes"
  | "maxFragments"
  | "highWaterMarkBytes"
  | "maxBufferedBytes"
  | "slowConsumer"
  | "pingIntervalMs"
  | "maxQueuedMessages"
  | "maxQueuedBytes"
  | "closeTimeoutMs"
  | "log"
  | "clock"
>;

/** What a session shares with others. */
export interface SessionSurroundings {
  readonly budget: OutputBudget;
  readonly wheel: Wheel;
  /** Whether it is for the session to ping a peer that is silent. */
  readonly keepsAlive: boolean;
  /** Where somebody asks for its numbers, or its peer's rate is limited. */
  readonly meter?: Meter;
}
