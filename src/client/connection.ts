import { WirehallError } from "../errors.ts";
import { ABNORMAL_CLOSURE, NORMAL_CLOSURE } from "../protocol/mod.ts";
import { type Fault, FORBIDDEN, SUBPROTOCOL, UNAUTHORIZED } from "../subprotocol/mod.ts";
import { Link } from "./link.ts";
import type { ResolvedConnectOptions } from "./options.ts";
import type { ClientState, Status } from "./types.ts";
import { tokenSubprotocol, webSocketUrl } from "./url.ts";
import { verdict } from "./verdict.ts";

export type UrlSource = string | (() => string | URL | Promise<string | URL>);

export interface ConnectionEvents {
  /** A WebSocket is open that has agreed on the subprotocol. */
  opened(): void;
  /** The result is the server's fault. */
  received(data: string | Uint8Array): Fault | undefined;
  /** The WebSocket is gone; it comes back. */
  lost(code: number): void;
  status(status: Status): void;
  /** It does not come back; without an error it was closed. */
  ended(error: WirehallError | undefined): void;
}

/** One WebSocket after another: attempts, waits, and the look whether it lives. */
export class Connection {
  readonly #url: UrlSource;
  readonly #options: ResolvedConnectOptions;
  readonly #events: ConnectionEvents;
  readonly #unwatch: () => void;
  #status: Status = { state: "connecting", retryAt: undefined, failures: 0, error: undefined };
  #link: Link | undefined;
  /** Another for each attempt: what an earlier one still brings is ignored. */
  #attempt = 0;
  #isOpen = false;
  #isLive = false;
  #wasLive = false;
  #isSteady = false;
  #isClosed = false;
  #mayHurry = true;
  /** Ends the wait: for an attempt, for its success, or until the connection is a good one. */
  #cancel = (): void => {};

  constructor(url: UrlSource, options: ResolvedConnectOptions, events: ConnectionEvents) {
    this.#url = url;
    this.#options = options;
    this.#events = events;
    this.#unwatch = options.network.watch(() => {
      this.#show({});
      // A network that is there is worth an attempt; one that went may be noticed by nobody else.
      if (options.network.online) this.reconnect();
      else this.#probe();
    });
  }

  get status(): Status {
    return this.#status;
  }

  get bufferedAmount(): number {
    return this.#link?.bufferedAmount ?? 0;
  }

  write(message: string | Uint8Array<ArrayBuffer>): void {
    this.#link?.send(message);
  }

  /** Begins an attempt, whatever it was doing. */
  start(): void {
    this.#cancel();
    const attempt = ++this.#attempt;
    const { clock, connectTimeoutMs } = this.#options;
    this.#cancel = clock.after(connectTimeoutMs, () =>
      this.#fail("CONNECT_TIMEOUT", `no room answered within ${connectTimeoutMs} ms`),
    );
    this.#show({ retryAt: undefined });
    this.#dial(attempt).catch((cause) => {
      if (attempt === this.#attempt)
        this.#fail("CONNECT_FAILED", `could not connect: ${String(cause)}`, cause);
    });
  }

  /** Rather than when the wait is over, but for one that the server asked for; where it is open, looks whether that is true. */
  reconnect(): void {
    if (this.#status.retryAt === undefined) this.#probe();
    else if (this.#mayHurry) this.start();
  }

  welcomed(keepaliveMs: number): void {
    this.#cancel();
    this.#link?.keepAlive(keepaliveMs);
  }

  live(): void {
    const { clock, steadyMs } = this.#options;
    this.#isLive = true;
    this.#wasLive = true;
    this.#cancel = clock.after(steadyMs, () => {
      this.#isSteady = true;
      this.#show({ failures: 0 });
    });
    this.#show({ error: undefined });
  }

  close(error?: WirehallError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#leave(NORMAL_CLOSURE);
    this.#unwatch();
    this.#show({ retryAt: undefined, error });
    this.#events.ended(error);
  }

  async #dial(attempt: number): Promise<void> {
    const { token, WebSocket, clock } = this.#options;
    const url = typeof this.#url === "function" ? webSocketUrl(await this.#url()) : this.#url;
    const secret = typeof token === "function" ? await token() : token;
    if (attempt !== this.#attempt) return;
    const protocols = secret ? [tokenSubprotocol(secret)] : [];
    this.#link = new Link(WebSocket, url, protocols, clock, {
      opened: (subprotocol) => this.#opened(subprotocol),
      received: (data) => this.#received(data),
      ended: (code, reason) => this.#ended(code, reason),
    });
  }

  #opened(subprotocol: string): void {
    this.#isOpen = true;
    if (subprotocol === SUBPROTOCOL) this.#events.opened();
    else {
      const message = `the server does not speak ${SUBPROTOCOL}: no room of Wirehall is behind this URL`;
      this.close(new WirehallError("NO_SUBPROTOCOL", message));
    }
  }

  #received(data: string | Uint8Array): void {
    const fault = this.#events.received(data);
    if (fault === undefined) return;
    const message = `the server broke ${SUBPROTOCOL}: ${fault.reason}`;
    this.#wait(new WirehallError("PROTOCOL_ERROR", message), fault.closeCode, fault.reason);
  }

  #ended(code: number, reason: string): void {
    const { ends, retryMs } = verdict(code, reason);
    const name = { [UNAUTHORIZED]: "UNAUTHORIZED", [FORBIDDEN]: "FORBIDDEN" }[code] ?? "CONNECTION_CLOSED";
    const said = reason === "" ? "" : ` ${JSON.stringify(reason)}`;
    // A browser tells no more of a handshake that failed.
    const hint = this.#isOpen ? "" : `: is the server there, does it let you in, and speak ${SUBPROTOCOL}?`;
    const error = new WirehallError(name, `the connection ended with ${code}${said}${hint}`, {
      cause: { code, reason },
    });
    if (ends) this.close(error);
    else this.#wait(error, undefined, "", retryMs, code);
  }

  #fail(code: string, message: string, cause?: unknown): void {
    this.#wait(new WirehallError(code, message, { cause }), undefined, "");
  }

  #wait(
    error: WirehallError,
    closeCode: number | undefined,
    reason: string,
    retryMs = 0,
    endCode: number = ABNORMAL_CLOSURE,
  ): void {
    const { clock, firstRetryMs, maxRetryMs, random } = this.#options;
    const failures = this.#isSteady ? 0 : this.#status.failures + 1;
    this.#mayHurry = retryMs === 0;
    this.#leave(closeCode, reason);
    // Full jitter: many that lost the same server do not come back in step.
    const waitMs = retryMs + random() * Math.min(maxRetryMs, firstRetryMs * 2 ** failures);
    this.#cancel = clock.after(waitMs, () => this.start());
    this.#show({ retryAt: Date.now() + waitMs, failures, error });
    this.#events.lost(endCode);
  }

  /** From now on nothing of the link, nor of an attempt, is heard. */
  #leave(code: number | undefined, reason?: string): void {
    this.#cancel();
    this.#attempt++;
    this.#isOpen = false;
    this.#isLive = false;
    this.#isSteady = false;
    this.#link?.close(code, reason);
    this.#link = undefined;
  }

  #probe(): void {
    this.#link?.probe(this.#options.probeTimeoutMs);
  }

  #show(change: Partial<Status>): void {
    const status = { ...this.#status, ...change, state: this.#state() };
    const names = Object.keys(status) as (keyof Status)[];
    if (names.every((name) => status[name] === this.#status[name])) return;
    this.#status = status;
    this.#events.status(status);
  }

  #state(): ClientState {
    if (this.#isClosed) return "closed";
    if (this.#isLive) return "open";
    if (!this.#options.network.online) return "offline";
    return this.#wasLive ? "resuming" : "connecting";
  }
}
