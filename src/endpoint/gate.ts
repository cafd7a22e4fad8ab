import { addressKey } from "./address-key.ts";
import type { Log, LogEntry } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { type RefusalReason, refusalMeanings } from "./refusal.ts";
import type { ResolvedLimits } from "./server-limits.ts";

/** What a gate needs to know of its server. */
export interface GateOptions {
  readonly limits: ResolvedLimits;
  readonly metrics: Metrics | undefined;
  readonly log: Log;
}

/** The refusals that nobody but the gate logs: an app knows its own, and the rest are logged where they arise. */
const LOGGED: readonly RefusalReason[] = [
  "address",
  "connections",
  "early-bytes",
  "handshake-time",
  "handshakes",
  "header-bytes",
];

/** Lets handshakes in as far as the limits of a server go, keeps their places, and counts what was refused. */
export class Gate {
  readonly limits: ResolvedLimits;
  readonly #metrics: Metrics | undefined;
  readonly #log: Log;
  readonly #byAddress = new Map<string, number>();
  #places = 0;
  #handshakes = 0;

  constructor({ limits, metrics, log }: GateOptions) {
    this.limits = limits;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Handshakes in flight. */
  get handshakes(): number {
    return this.#handshakes;
  }

  /** A place for a handshake, or why there is none. */
  enter(): Place | "connections" | "handshakes" {
    if (this.#places >= this.limits.maxConnections) return "connections";
    if (this.#handshakes >= this.limits.maxHandshakes) return "handshakes";
    this.#places++;
    this.#handshakes++;
    return new Place(this);
  }

  /** Counts a refusal, and logs it where it is by a limit. Somebody else answers. */
  refused(reason: RefusalReason, address: string | undefined, level: LogEntry["level"] = "warn"): void {
    this.#metrics?.refused?.(reason);
    if (!LOGGED.includes(reason)) return;
    const message = `a handshake from ${address ?? "an address unknown"} is refused: ${refusalMeanings[reason]}`;
    this.#log({ level, event: "refused", message, reason, address });
  }

  // For its places.

  takeAddress(key: string): boolean {
    const taken = this.#byAddress.get(key) ?? 0;
    if (taken >= this.limits.maxConnectionsPerAddress) return false;
    this.#byAddress.set(key, taken + 1);
    return true;
  }

  leaveHandshake(): void {
    this.#handshakes--;
  }

  leave(addressKey: string | undefined): void {
    this.#places--;
    if (addressKey === undefined) return;
    const taken = (this.#byAddress.get(addressKey) ?? 0) - 1;
    if (taken > 0) this.#byAddress.set(addressKey, taken);
    else this.#byAddress.delete(addressKey);
  }
}

/** The place of one client: first as a handshake, then as a connection. */
export class Place {
  readonly #gate: Gate;
  #addressKey: string | undefined;
  #state: "handshake" | "connection" | "left" = "handshake";

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** Counts the place for its client's address, once; false where that has as many as it may. */
  takeAddress(address: string | undefined): boolean {
    if (
      address === undefined ||
      this.#addressKey !== undefined ||
      this.#gate.limits.maxConnectionsPerAddress === Infinity
    )
      return true;
    const key = addressKey(address);
    if (!this.#gate.takeAddress(key)) return false;
    this.#addressKey = key;
    return true;
  }

  /** The handshake has become a connection. */
  opened(): void {
    if (this.#state !== "handshake") return;
    this.#state = "connection";
    this.#gate.leaveHandshake();
  }

  /** Gives the place back, once. */
  leave(): void {
    if (this.#state === "left") return;
    if (this.#state === "handshake") this.#gate.leaveHandshake();
    this.#state = "left";
    this.#gate.leave(this.#addressKey);
  }
}
