import type { ShutdownOptions } from "./endpoint/connections.ts";
import type { Log } from "./endpoint/log.ts";
import type { Metrics } from "./endpoint/metrics.ts";
import type { ServerLimits } from "./endpoint/server-limits.ts";
import type { Room, RoomClass } from "./rooms/room.ts";
import type { Hall } from "./rooms/rooms.ts";

export type RuntimeName = "node" | "deno" | "bun" | "workers";

/** How a runtime moves WebSocket data: bytes through Wirehall's own wire, or the runtime's own WebSocket. */
export type Transport = "codec" | "native";

/** What `serve` takes, and what attaches to a server that exists. */
export interface AttachOptions {
  /** The app. On Workers it also gets `env` and the execution context, as Hono expects. */
  fetch(request: Request, env?: unknown, context?: unknown): Response | Promise<Response>;
  /** The rooms that the app uses. */
  readonly hall?: Hall;
  /** Bounds on what clients can take of the server; docs/limits.md has them all. */
  readonly limits?: ServerLimits;
  /** Where the server's numbers go, such as `otelMetrics(meter)` of `wirehall/otel` [nowhere]. */
  readonly metrics?: Metrics;
  /** Where the server's entries for the operator go; endpoints have a `log` of their own [the console]. */
  readonly log?: Log;
}

/** What `serve` takes, on every runtime. */
export interface ServeOptions extends AttachOptions {
  /** TCP port, 0 for any [the environment's `PORT`, else 8787]. Not used on Workers. */
  port?: number;
  /** Address to listen on [all of IPv4: 0.0.0.0]. Not used on Workers. */
  hostname?: string;
  /** [the runtime's default: codec on Node and Deno, native on Bun and Workers] */
  transport?: Transport;
  /** PEM texts; with them the server speaks HTTPS and `wss:`. */
  tls?: { readonly cert: string; readonly key: string };
  /** Bounds over all connections. Not used on Workers, where no output is seen to wait. */
  limits?: ServerLimits;
  /**
   * Shut down on SIGTERM and SIGINT, and end the process after it: with 0, or with 1 where something had to be cut
   * off. A second signal ends it at once. Where others listen to the signal, the end is theirs [true]. Not used on
   * Workers.
   */
  signals?: boolean;
  /** How long a shutdown on a signal takes at most: less than the platform waits before it kills [4 s]. */
  shutdownMs?: number;
  /** Called instead of the line that `serve` prints once it listens. */
  onListen?(address: Address): void;
}

export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** `http://` or `https://`, with the port that was really taken. */
  readonly url: string;
  readonly runtime: RuntimeName;
  readonly transport: Transport;
}

/** A server that `serve` started. On Workers it is the module's default export, and has a `fetch`. */
export interface Server {
  readonly runtime: RuntimeName;
  readonly transport: Transport;
  /** Resolves once connections are accepted; rejects with `PORT_IN_USE` or `LISTEN_FAILED`. */
  readonly ready: Promise<Address>;
  /**
   * Refuses new WebSockets with 503, closes every connection with 1012 and a reason `retry=<ms>`, in how many
   * milliseconds its client should come back; finishes the requests that are under way; resolves when all are gone.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
  fetch?(request: Request, env?: unknown, context?: unknown): Promise<Response>;
}

export type { ServerLimits, ShutdownOptions };

export type Serve = (options: ServeOptions) => Server;

/** What Cloudflare constructs; elsewhere an inert class. */
export interface DurableObjectClass {
  new (context: object, env: object): object;
}

export type Durable = <R extends Room>(room: RoomClass<R>) => DurableObjectClass;
