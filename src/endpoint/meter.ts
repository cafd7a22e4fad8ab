import { type CloseEnd, POLICY_VIOLATION, SharedMessage, TOO_BIG } from "../protocol/mod.ts";
import type { Metrics, TimedHook } from "./metrics.ts";
import type { ResolvedOptions } from "./options.ts";
import { Allowance } from "./rate.ts";
import type { RefusalReason } from "./refusal.ts";
import { bytesOf } from "./size.ts";

/** Counts what one session does, for the sink, and what its peer may still send. Nothing is allocated per message. */
export class Meter {
  readonly #metrics: Metrics;
  readonly #options: Pick<ResolvedOptions, "clock" | "messageRate">;
  #allowance: Allowance | undefined;
  #hook: TimedHook | undefined;
  #hookBeganMs = 0;

  constructor(options: Pick<ResolvedOptions, "clock" | "messageRate">, metrics: Metrics | undefined) {
    this.#options = options;
    this.#metrics = metrics ?? {};
  }

  /** Undefined where nobody asks: then nothing is counted, and nothing paid for it. */
  static of(options: ResolvedOptions, metrics: Metrics | undefined): Meter | undefined {
    return metrics === undefined && options.messageRate === undefined
      ? undefined
      : new Meter(options, metrics);
  }

  opened(): void {
    this.#metrics.connectionOpened?.();
  }

  /** `isOurs`: our close frame was the first, or none came. */
  closed({ code, wasClean }: CloseEnd, isOurs: boolean): void {
    // The socket found the fault itself: the peer's own close frame would have been clean.
    if (!isOurs && !wasClean && code === TOO_BIG) this.refused("message-bytes");
    if (!isOurs && !wasClean && code === POLICY_VIOLATION) this.refused("fragments");
    this.#metrics.connectionClosed?.(code, wasClean);
  }

  refused(reason: RefusalReason): void {
    this.#metrics.refused?.(reason);
  }

  /** A message came; false where it came faster than it may. */
  received(data: string | Uint8Array): boolean {
    const bytes = bytesOf(data);
    this.#metrics.messageReceived?.(bytes);
    const { messageRate, clock } = this.#options;
    if (messageRate === undefined) return true;
    const nowMs = clock.now();
    this.#allowance ??= new Allowance(messageRate, nowMs);
    return this.#allowance.take(bytes, nowMs);
  }

  sent(data: string | Uint8Array | SharedMessage): void {
    if (this.#metrics.messageSent === undefined) return;
    if (data instanceof SharedMessage) this.#metrics.messageSent(data.bytes);
    else this.#metrics.messageSent(bytesOf(data));
  }

  /** One hook at a time runs for a connection. */
  hookBegins(hook: TimedHook): void {
    if (this.#metrics.hookSettled === undefined) return;
    this.#hook = hook;
    this.#hookBeganMs = this.#options.clock.now();
  }

  hookSettled(): void {
    if (this.#hook === undefined) return;
    this.#metrics.hookSettled?.(this.#hook, this.#options.clock.now() - this.#hookBeganMs);
    this.#hook = undefined;
  }
}
