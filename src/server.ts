import type { Gaps } from "./endpoint/capability.ts";
import { Connections, type Ending, endingOf } from "./endpoint/connections.ts";
import { consoleLog, type Log } from "./endpoint/log.ts";
import { warnOfMissingLimits } from "./endpoint/missing.ts";
import { checkNames } from "./endpoint/names.ts";
import { restartMs } from "./endpoint/restart.ts";
import { type ResolvedLimits, resolveLimits } from "./endpoint/server-limits.ts";
import { WirehallError } from "./errors.ts";
import type {
  Address,
  AttachOptions,
  Durable,
  RuntimeName,
  ServeOptions,
  Server,
  ShutdownOptions,
  Transport,
} from "./serve.ts";

const DEFAULT_PORT = 8787;
const ANY_ADDRESS = "0.0.0.0";

/** Deno Deploy and Fly kill a process 5 s after their signal, others later. */
const DEFAULT_SHUTDOWN_MS = 4_000;

/** What a runtime's `serve` does in its own way. */
export interface Listening {
  readonly runtime: RuntimeName;
  readonly transport: Transport;
  /** Binds the port; the result is the port that was taken. */
  listen(address: { readonly port: number; readonly hostname: string }): Promise<number>;
  readonly connections: Connections;
  /** Ends every connection, then stops listening. Resolves to whether nothing of the app's had to be cut off. */
  stop(ending: Ending): Promise<boolean>;
  /** Calls `end` when a signal asks the process to end, and ends it then; the result takes that back. */
  onSignal(end: () => Promise<boolean>): () => void;
  /** The environment's `PORT`. */
  readonly environmentPort: string | undefined;
  /** The process is of no use without its server: it should end with a failure. */
  giveUp(): void;
}

/** A server on a runtime where a process listens; what is the same on all of them. */
export class ListeningServer implements Server {
  readonly runtime: RuntimeName;
  readonly transport: Transport;
  readonly #ready: Promise<Address>;
  readonly #log: Log;
  readonly #listening: Listening;
  #ignoreSignals: (() => void) | undefined;
  #stopped: Promise<boolean> | undefined;
  #awaited = false;

  constructor(options: ServeOptions, listening: Listening) {
    checkServeOptions(options);
    this.runtime = listening.runtime;
    this.transport = listening.transport;
    this.#log = options.log ?? consoleLog;
    this.#listening = listening;
    this.#ready = this.#listen(options, listening);
    this.#ready.then(
      (address) => {
        if (options.signals !== false) this.#endOnSignal(options.shutdownMs ?? DEFAULT_SHUTDOWN_MS);
        return this.#announce(address, options.onListen);
      },
      (error: WirehallError) => {
        if (this.#awaited) return;
        this.#log({ level: "error", event: "listen-failed", message: error.message });
        listening.giveUp();
      },
    );
  }

  /** Whoever asks for it hears of a failure; if nobody does, it is printed in one line and the process fails. */
  get ready(): Promise<Address> {
    this.#awaited = true;
    return this.#ready;
  }

  async shutdown(options?: ShutdownOptions): Promise<void> {
    checkShutdownOptions(options);
    await this.#stop(endingOf(options));
  }

  /** Whoever asks again gets what was begun first. */
  #stop(ending: Ending): Promise<boolean> {
    this.#stopped ??= this.#end(ending);
    return this.#stopped;
  }

  async #end(ending: Ending): Promise<boolean> {
    await this.#ready.catch(() => {});
    try {
      return await this.#listening.stop(ending);
    } finally {
      this.#ignoreSignals?.();
    }
  }

  #endOnSignal(withinMs: number): void {
    const { connections } = this.#listening;
    this.#ignoreSignals = this.#listening.onSignal(() =>
      this.#stop({ overMs: restartMs(connections.connections, withinMs / 2), withinMs }),
    );
  }

  async #announce(address: Address, onListen: (address: Address) => void = announce): Promise<void> {
    try {
      await onListen(address);
    } catch (error) {
      this.#log({ level: "error", event: "on-listen-threw", message: "onListen threw", error });
    }
  }

  async #listen(options: ServeOptions, listening: Listening): Promise<Address> {
    const wanted = choosePort(options.port, listening.environmentPort);
    const hostname = options.hostname ?? ANY_ADDRESS;
    const { runtime, transport } = listening;
    let port: number;
    try {
      port = await listening.listen({ port: wanted, hostname });
    } catch (cause) {
      throw listenError(cause, hostname, wanted);
    }
    const shown =
      hostname === ANY_ADDRESS ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
    const url = `${options.tls === undefined ? "http" : "https"}://${shown}:${port}`;
    return { hostname, port, url, runtime, transport };
  }
}

/** `durable` where rooms live in the process: the class that it makes is only there to be exported. */
export const inertDurable: Durable = () => class {};

const ATTACH_OPTIONS = ["fetch", "hall", "limits", "metrics", "log"];
const SERVE_OPTIONS = [
  ...ATTACH_OPTIONS,
  "port",
  "hostname",
  "transport",
  "tls",
  "signals",
  "shutdownMs",
  "onListen",
];

/** Throws `INVALID_OPTION` for an unknown name, an app that is no function, or a transport that is none. */
export function checkServeOptions(options: ServeOptions): void {
  checkNames("serve", options, SERVE_OPTIONS);
  checkApp("serve", options);
  const { transport, signals = true, shutdownMs } = options;
  if (typeof signals !== "boolean") {
    throw new WirehallError("INVALID_OPTION", `signals is ${String(signals)}: it must be true or false`);
  }
  if (shutdownMs !== undefined) checkMs("shutdownMs", shutdownMs);
  if (transport !== undefined && transport !== "codec" && transport !== "native") {
    throw new WirehallError("INVALID_OPTION", `transport is "${transport}": it must be "codec" or "native"`);
  }
}

/** The same for what attaches to a server. */
export function checkAttachOptions(options: AttachOptions): void {
  checkNames("attach", options, ATTACH_OPTIONS);
  checkApp("attach", options);
}

function checkApp(of: string, { fetch, log, metrics }: AttachOptions): void {
  if (typeof fetch !== "function") {
    throw new WirehallError("INVALID_OPTION", `${of} needs fetch, a function from a Request to a Response`);
  }
  if (log !== undefined && typeof log !== "function") {
    throw new WirehallError("INVALID_OPTION", `log is ${String(log)}: it must be a function`);
  }
  if (metrics !== undefined && (typeof metrics !== "object" || metrics === null)) {
    throw new WirehallError("INVALID_OPTION", `metrics is ${String(metrics)}: it must be an object`);
  }
}

/** The connections of a server with these options. Throws `INVALID_OPTION` for a limit that is none. */
export function makeConnections(
  { limits, metrics, log = consoleLog }: AttachOptions,
  gaps: Gaps,
): Connections {
  const resolved = resolveLimits(limits);
  warnOfMissingLimits(limits ?? {}, gaps, log);
  return new Connections({
    limits: gaps.connectionCounts === undefined ? resolved : uncounted(resolved),
    metrics,
    log,
  });
}

/** Where nobody knows how many there are, no number of them is too many. */
function uncounted(limits: ResolvedLimits): ResolvedLimits {
  const none = Number.POSITIVE_INFINITY;
  return { ...limits, maxConnections: none, maxHandshakes: none, maxConnectionsPerAddress: none };
}

function checkShutdownOptions(options: ShutdownOptions = {}): void {
  checkNames("shutdown", options, ["overMs", "withinMs"]);
  for (const [name, ms] of Object.entries(options)) if (ms !== undefined) checkMs(name, ms);
}

function checkMs(name: string, ms: unknown): void {
  if (typeof ms === "number" && Number.isFinite(ms) && ms >= 0) return;
  throw new WirehallError("INVALID_OPTION", `${name} is ${String(ms)}: it must be milliseconds from 0 up`);
}

/** The answer where the app threw: nothing of the error reaches the peer. */
export function answerThrow(error: unknown, log: Log = consoleLog): Response {
  log({
    level: "error",
    event: "fetch-threw",
    message: "the app threw; the request is answered 500",
    error,
  });
  return new Response("Internal Server Error\n", { status: 500 });
}

function announce({ url, runtime, transport }: Address): void {
  console.log(`Wirehall listens on ${url} (${runtime}, ${transport})`);
}

function choosePort(option: number | undefined, environment: string | undefined): number {
  const port =
    option ?? (environment === undefined || environment === "" ? DEFAULT_PORT : Number(environment));
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  const given = option === undefined ? `PORT is "${environment}"` : `port is ${option}`;
  throw new WirehallError("INVALID_OPTION", `${given}: it must be a whole number from 0 to 65535`);
}

function listenError(cause: unknown, hostname: string, port: number): WirehallError {
  const { code, name, message } = cause as { code?: string; name?: string; message?: string };
  if (code === "EADDRINUSE" || name === "AddrInUse") {
    return new WirehallError(
      "PORT_IN_USE",
      `port ${port} on ${hostname} is in use: stop the program that holds it, or choose another port`,
      { cause },
    );
  }
  return new WirehallError("LISTEN_FAILED", `can't listen on ${hostname} port ${port}: ${message}`, {
    cause,
  });
}
