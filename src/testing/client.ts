import { ABNORMAL_END } from "../endpoint/socket.ts";
import { WirehallError } from "../errors.ts";
import { type CloseEnd, NO_STATUS } from "../protocol/mod.ts";

/** What the client's end tells the server's. */
export interface ServerEnd {
  clientSent(data: string | Uint8Array): void;
  /** The client reads again. */
  clientRead(): void;
  clientEnded(code: number, reason: string, wasClean: boolean): void;
}

/** The client's end of a connection in memory. */
export class TestClient {
  /** The response that accepted the upgrade: its headers are those of the 101. */
  readonly response: Response;
  /** The subprotocol that was agreed, or "". */
  readonly subprotocol: string;
  #server: ServerEnd | undefined;
  #reading = true;
  #deaf = false;
  readonly #unread: (string | Uint8Array)[] = [];
  readonly #waiting: PromiseWithResolvers<string | Uint8Array>[] = [];
  readonly #pings: Uint8Array[] = [];
  readonly #ended = Promise.withResolvers<CloseEnd>();
  #end: CloseEnd | undefined;

  constructor(response: Response, subprotocol: string) {
    this.response = response;
    this.subprotocol = subprotocol;
  }

  /** For the pair alone. */
  join(server: ServerEnd): void {
    this.#server = server;
  }

  /** Pings that came, oldest first. */
  get pings(): readonly Uint8Array[] {
    return this.#pings;
  }

  /** How the connection ended, once it has. */
  get closed(): Promise<CloseEnd> {
    return this.#ended.promise;
  }

  send(data: string | Uint8Array): void {
    if (this.#end === undefined) this.#server?.clientSent(typeof data === "string" ? data : data.slice());
  }

  /** The next message. Rejects with `CONNECTION_CLOSED` when none is left and the connection has ended. */
  message(): Promise<string | Uint8Array> {
    const message = this.#unread.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#end !== undefined) return Promise.reject(ended(this.#end));
    const waiting = Promise.withResolvers<string | Uint8Array>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Stops reading: what the server sends from now on waits on its side. */
  stopReading(): void {
    this.#reading = false;
  }

  /** Reads what waits, and goes on reading. */
  startReading(): void {
    this.#reading = true;
    this.#server?.clientRead();
  }

  /** Answers no ping and no close frame from now on, as a peer that hangs. */
  deafen(): void {
    this.#deaf = true;
  }

  /** Closes with a closing handshake; without a code the server sees 1005. */
  close(code: number = NO_STATUS, reason = ""): void {
    this.#finish({ code, reason, wasClean: true });
  }

  /** Vanishes without a close frame; the server sees 1006. */
  vanish(): void {
    this.#finish(ABNORMAL_END);
  }

  // What the server does; for the pair alone.

  get unreadBytes(): number {
    return this.#reading ? 0 : this.#unread.reduce((sum, { length }) => sum + length, 0);
  }

  get answers(): boolean {
    return !this.#deaf;
  }

  receive(data: string | Uint8Array): void {
    if (this.#end !== undefined) return;
    const waiting = this.#reading ? this.#waiting.shift() : undefined;
    if (waiting === undefined) this.#unread.push(data);
    else waiting.resolve(data);
  }

  receivePing(payload: Uint8Array): void {
    this.#pings.push(payload);
  }

  receiveEnd(end: CloseEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(ended(end));
    this.#ended.resolve(end);
  }

  #finish(end: CloseEnd): void {
    if (this.#end !== undefined) return;
    this.receiveEnd(end);
    this.#server?.clientEnded(end.code, end.reason, end.wasClean);
  }
}

function ended({ code, reason }: CloseEnd): WirehallError {
  return new WirehallError(
    "CONNECTION_CLOSED",
    `the connection ended with ${code} ${JSON.stringify(reason)}`,
  );
}
