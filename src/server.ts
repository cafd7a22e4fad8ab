import { consoleLog } from "./endpoint/log.ts";
import { checkNames } from "./endpoint/options.ts";
import { WirehallError } from "./errors.ts";
import type {
  Address,
  Durable,
  RuntimeName,
  ServeOptions,
  Server,
  ShutdownOptions,
  Transport,
} from "./serve.ts";

const DEFAULT_PORT = 8787;
const ANY_ADDRESS = "0.0.0.0";

/** What a runtime's `serve` does in its own way. */
export interface Listening {
  readonly runtime: RuntimeName;
  readonly transport: Transport;
  /** Binds the port; the result is the port that was taken. */
  listen(address: { readonly port: number; readonly hostname: string }): Promise<number>;
  /** Stops accepting and ends every connection. */
  stop(overMs: number): Promise<void>;
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
  readonly #stop: (overMs: number) => Promise<void>;
  #awaited = false;

  constructor(options: ServeOptions, listening: Listening) {
    checkServeOptions(options);
    this.runtime = listening.runtime;
    this.transport = listening.transport;
    this.#stop = (overMs) => listening.stop(overMs);
    this.#ready = this.#listen(options, listening);
    this.#ready.then(
      (address) => this.#announce(address, options.onListen),
      (error: WirehallError) => {
        if (this.#awaited) return;
        consoleLog({ level: "error", event: "listen-failed", message: error.message });
        listening.giveUp();
      },
    );
  }

  /** Whoever asks for it hears of a failure; if nobody does, it is printed in one line and the process fails. */
  get ready(): Promise<Address> {
    this.#awaited = true;
    return this.#ready;
  }

  async shutdown({ overMs = 0 }: ShutdownOptions = {}): Promise<void> {
    await this.#ready.catch(() => {});
    await this.#stop(overMs);
  }

  async #announce(address: Address, onListen: (address: Address) => void = announce): Promise<void> {
    try {
      await onListen(address);
    } catch (error) {
      consoleLog({ level: "error", event: "on-listen-threw", message: "onListen threw", error });
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

const SERVE_OPTIONS = ["fetch", "hall", "storage", "port", "hostname", "transport", "tls", "onListen"];

/** Throws `INVALID_OPTION` for an unknown name, an app that is no function, a transport or a storage that is none. */
export function checkServeOptions(options: Pick<ServeOptions, "fetch" | "transport" | "storage">): void {
  checkNames("serve", options, SERVE_OPTIONS);
  if (typeof options.fetch !== "function") {
    throw new WirehallError("INVALID_OPTION", "serve needs fetch, a function from a Request to a Response");
  }
  const { transport, storage } = options;
  if (
    storage !== undefined &&
    storage !== "memory" &&
    !isPath((storage as { path?: unknown } | null)?.path)
  ) {
    throw new WirehallError("INVALID_OPTION", 'storage must be "memory" or { path }, a file of its own');
  }
  if (transport !== undefined && transport !== "codec" && transport !== "native") {
    throw new WirehallError("INVALID_OPTION", `transport is "${transport}": it must be "codec" or "native"`);
  }
}

function isPath(path: unknown): boolean {
  return typeof path === "string" && path !== "";
}

/** The answer where the app threw: nothing of the error reaches the peer. */
export function answerThrow(error: unknown): Response {
  consoleLog({
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
  if (cause instanceof WirehallError) return cause;
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
