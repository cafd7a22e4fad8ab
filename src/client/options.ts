import { WirehallError } from "../errors.ts";
import type { Place } from "../subprotocol/mod.ts";
import { type ClientClock, systemClock } from "./clock.ts";
import type { WebSocketConstructor } from "./link.ts";
import { type Network, systemNetwork } from "./network.ts";
import type { SessionKeeper } from "./session.ts";

/** What keeps a session, as `storeIn` makes it. */
export type Store = SessionKeeper;

/** Options of a client. Times are milliseconds, sizes are bytes. */
export interface ConnectOptions {
  /** Sent beside the subprotocol, for rooms that want one; a function is called for each attempt. */
  readonly token?: string | (() => string | Promise<string>);
  /** How many of the newest messages of history come first, where there is no place to resume from [0]. */
  readonly recent?: number;
  /** Where the app has history up to: what comes after it is delivered. */
  readonly last?: Place;
  /** Whether who is here is of interest [true]. */
  readonly presence?: boolean;
  /** Keeps session and outbox over reloads: `storeIn(sessionStorage, key)`. */
  readonly store?: Store;
  /** Ends the client, as `close` does. */
  readonly signal?: AbortSignal;
  /** The most messages that are not settled; more are refused with `OUTBOX_FULL` [1,000]. */
  readonly maxOutboxMessages?: number;
  /** The same for their bytes [4 MiB]. */
  readonly maxOutboxBytes?: number;
  /** The most calls that wait for an answer [256]. */
  readonly maxCalls?: number;
  /** A call that is not answered for so long fails [30 s]. */
  readonly callTimeoutMs?: number;
  /** An attempt that brings no welcome in this time has failed [10 s]. */
  readonly connectTimeoutMs?: number;
  /** The wait before the first new attempt is at most this, and doubles with each failure [500]. */
  readonly firstRetryMs?: number;
  /** ... up to this [30 s]. */
  readonly maxRetryMs?: number;
  /** A connection that lived for so long was a good one: the waits begin anew [5 s]. */
  readonly steadyMs?: number;
  /** How long a connection may take to answer when the network has changed [5 s]. */
  readonly probeTimeoutMs?: number;
  /** [the global one] */
  readonly WebSocket?: WebSocketConstructor;
  /** [the system's clock] */
  readonly clock?: ClientClock;
  /** What tells of being on line and off [the page's] */
  readonly network?: Network;
  /** From 0 up to, and without, 1, for the waits [Math.random] */
  readonly random?: () => number;
}

type Numbers = Pick<
  ConnectOptions,
  | "recent"
  | "maxOutboxMessages"
  | "maxOutboxBytes"
  | "maxCalls"
  | "callTimeoutMs"
  | "connectTimeoutMs"
  | "firstRetryMs"
  | "maxRetryMs"
  | "steadyMs"
  | "probeTimeoutMs"
>;

type Defaults = Pick<ConnectOptions, "presence" | "WebSocket" | "clock" | "network" | "random">;

export interface ResolvedConnectOptions
  extends Omit<ConnectOptions, keyof (Numbers & Defaults)>,
    Required<Numbers>,
    Required<Defaults> {}

const NUMBERS: Required<Numbers> = {
  recent: 0,
  maxOutboxMessages: 1_000,
  maxOutboxBytes: 4 * 1024 * 1024,
  maxCalls: 256,
  callTimeoutMs: 30_000,
  connectTimeoutMs: 10_000,
  firstRetryMs: 500,
  maxRetryMs: 30_000,
  steadyMs: 5_000,
  probeTimeoutMs: 5_000,
};

const OTHERS: readonly string[] = "token last presence store signal WebSocket clock network random".split(
  " ",
);

/** Fills in the defaults. Throws `INVALID_OPTION` for an unknown name or a value out of range. */
export function resolveConnectOptions(options: ConnectOptions): ResolvedConnectOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(given)) {
    if (!(name in NUMBERS) && !OTHERS.includes(name)) {
      throw invalid(
        `unknown option "${name}": a client takes ${[...Object.keys(NUMBERS), ...OTHERS].join(", ")}`,
      );
    }
    if (name in NUMBERS && !(Number.isSafeInteger(value) && value >= 0)) {
      throw invalid(`${name} is ${String(value)}: it must be a whole number from 0 up`);
    }
  }
  const resolved = {
    ...NUMBERS,
    presence: true,
    clock: systemClock,
    network: systemNetwork,
    random: Math.random,
    WebSocket: globalThis.WebSocket as WebSocketConstructor | undefined,
    ...given,
  };
  if (resolved.WebSocket === undefined) {
    throw invalid("there is no global WebSocket here: pass one as the option WebSocket");
  }
  return resolved as ResolvedConnectOptions;
}

function invalid(message: string): WirehallError {
  return new WirehallError("INVALID_OPTION", message);
}
