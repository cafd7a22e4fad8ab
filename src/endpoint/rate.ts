import { WirehallError } from "../errors.ts";
import { checkNames } from "./names.ts";

/** How fast the peer of a connection may send. One of the first two at least is given. */
export interface MessageRate {
  /** Messages a second, on average. */
  readonly messagesPerSecond?: number;
  /** Their bytes a second, on average, after decompression. */
  readonly bytesPerSecond?: number;
  /** How many may come at once [two seconds' worth]. */
  readonly burstMessages?: number;
  /** How many bytes may come at once [two seconds' worth, but at least `maxMessageBytes`]. */
  readonly burstBytes?: number;
}

export type ResolvedRate = Required<MessageRate>;

const NAMES = ["messagesPerSecond", "bytesPerSecond", "burstMessages", "burstBytes"] as const;
const BURST_SECONDS = 2;

/** Fills in the defaults; undefined for no limit. Throws `INVALID_OPTION`. */
export function resolveRate(
  given: MessageRate | undefined,
  maxMessageBytes: number,
): ResolvedRate | undefined {
  if (given === undefined) return undefined;
  checkNames("messageRate", given, NAMES);
  for (const name of NAMES) {
    const value = given[name];
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue;
    throw invalid(`messageRate.${name} is ${String(value)}: it must be a number above 0`);
  }
  const { messagesPerSecond, bytesPerSecond } = given;
  if (messagesPerSecond === undefined && bytesPerSecond === undefined) {
    throw invalid("messageRate needs messagesPerSecond, bytesPerSecond or both: a burst alone is no rate");
  }
  const burstMessages = burst(given.burstMessages, messagesPerSecond, 1);
  const burstBytes = burst(given.burstBytes, bytesPerSecond, maxMessageBytes);
  if (burstMessages < 1)
    throw invalid(`messageRate.burstMessages is ${burstMessages}: no message could come`);
  if (burstBytes < maxMessageBytes) {
    throw invalid(
      `messageRate.burstBytes is ${burstBytes}: a message of ${maxMessageBytes} bytes, which maxMessageBytes lets ` +
        "through, could never come",
    );
  }
  return {
    messagesPerSecond: messagesPerSecond ?? 0,
    bytesPerSecond: bytesPerSecond ?? 0,
    burstMessages,
    burstBytes,
  };
}

/** What fits into a bucket: without a rate everything, so that it is never empty and needs no filling. */
function burst(given: number | undefined, perSecond: number | undefined, least: number): number {
  if (perSecond === undefined) return Number.POSITIVE_INFINITY;
  return given ?? Math.max(least, perSecond * BURST_SECONDS);
}

/** What a peer may still send: a token bucket of messages and one of bytes, filled as time passes and without a timer. */
export class Allowance {
  readonly #rate: ResolvedRate;
  #messages: number;
  #bytes: number;
  #filledMs: number;

  constructor(rate: ResolvedRate, nowMs: number) {
    this.#rate = rate;
    this.#messages = rate.burstMessages;
    this.#bytes = rate.burstBytes;
    this.#filledMs = nowMs;
  }

  /** Takes a message out; false where it came too soon. */
  take(bytes: number, nowMs: number): boolean {
    const rate = this.#rate;
    const seconds = (nowMs - this.#filledMs) / 1000;
    this.#filledMs = nowMs;
    this.#messages = Math.min(rate.burstMessages, this.#messages + seconds * rate.messagesPerSecond);
    this.#bytes = Math.min(rate.burstBytes, this.#bytes + seconds * rate.bytesPerSecond);
    if (this.#messages < 1 || this.#bytes < bytes) return false;
    this.#messages -= 1;
    this.#bytes -= bytes;
    return true;
  }
}

function invalid(message: string): WirehallError {
  return new WirehallError("INVALID_OPTION", message);
}
