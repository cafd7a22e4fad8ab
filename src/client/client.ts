import { WirehallError } from "../errors.ts";
import { TOO_BIG } from "../protocol/mod.ts";
import { type Payload, type Place, type Resumed, SESSION_TAKEN } from "../subprotocol/mod.ts";
import { Connection, type UrlSource } from "./connection.ts";
import { Listeners } from "./listeners.ts";
import type { ResolvedConnectOptions } from "./options.ts";
import { refused } from "./outbox.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import { Reader } from "./reader.ts";
import { Session, type SessionEvents } from "./session.ts";
import type {
  Client,
  ClientEnd,
  ClientEventMap,
  Delivery,
  Message,
  PendingMessage,
  Sending,
  Status,
} from "./types.ts";

/** Volatile messages are dropped while more waits in the WebSocket than this. */
const MAX_VOLATILE_BYTES = 256 * 1024;

/** What is sent: data alone, or a name and data. */
type Sent = readonly [data: unknown] | readonly [name: string, data: unknown];

type NamedEvents = { readonly [Name in `name ${string}`]: Message };

/** A session, on one connection after another. */
export class RoomClient implements Client {
  readonly closed: Promise<ClientEnd>;
  readonly #options: ResolvedConnectOptions;
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #listeners = new Listeners<ClientEventMap & NamedEvents>();
  readonly #readers = new Set<Reader<Delivery>>();
  #memberId: string | undefined;
  #resumed: Resumed | undefined;

  constructor(url: UrlSource, options: ResolvedConnectOptions) {
    const { signal, maxOutboxMessages, maxOutboxBytes } = options;
    let resolveClosed: (end: ClientEnd) => void = () => {};
    this.closed = new Promise((resolve) => {
      resolveClosed = resolve;
    });
    this.#options = options;
    this.#session = new Session(this.#sessionEvents(), {
      ...options,
      maxMessages: maxOutboxMessages,
      maxBytes: maxOutboxBytes,
    });
    const abort = () => this.close();
    this.#connection = new Connection(url, options, {
      opened: () => this.#session.opened(),
      received: (data) => this.#session.receive(data),
      lost: (code) => {
        this.#session.lost();
        if (code === TOO_BIG) this.#session.tooBig();
        if (code === SESSION_TAKEN) this.#session.taken();
      },
      status: (status) => this.#listeners.tell("status", status),
      ended: (error) => {
        signal?.removeEventListener("abort", abort);
        this.#session.end(error ?? closedError());
        for (const reader of this.#readers) reader.end(error);
        resolveClosed({ error });
      },
    });
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) this.close();
    else this.#connection.start();
  }

  get status(): Status {
    return this.#connection.status;
  }

  get resumed(): Resumed | undefined {
    return this.#resumed;
  }

  get memberId(): string | undefined {
    return this.#memberId;
  }

  get members(): ReadonlyMap<string, unknown> {
    return this.#session.members;
  }

  get outbox(): readonly PendingMessage[] {
    return this.#session.pending.map(pendingMessage);
  }

  get place(): Place | undefined {
    return this.#session.place;
  }

  send(...sent: Sent): Sending {
    let id = 0;
    const promise = new Promise<void>((resolve, reject) => {
      this.#checkOpen();
      id = this.#session.send(payloadOf(sent), (error) => (error === undefined ? resolve() : reject(error)));
    });
    // Who does not wait for it may hear of it as the event `settled`.
    promise.catch(() => {});
    return Object.assign(promise, { id });
  }

  sendVolatile(...sent: Sent): boolean {
    const isFree = this.#connection.bufferedAmount <= MAX_VOLATILE_BYTES;
    return this.#session.sendVolatile(payloadOf(sent), isFree);
  }

  discard(id: number): boolean {
    return this.#session.discard(id);
  }

  call<Result>(name: string, ...args: readonly unknown[]): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#checkOpen();
      const { clock, callTimeoutMs } = this.#options;
      let id = 0;
      const cancel = clock.after(callTimeoutMs, () => {
        this.#session.dropCall(id);
        reject(new WirehallError("CALL_TIMEOUT", `the room has not answered within ${callTimeoutMs} ms`));
      });
      try {
        id = this.#session.call(name, args, (error, result) => {
          cancel();
          if (error === undefined) resolve(result as Result);
          else reject(error);
        });
      } catch (error) {
        cancel();
        throw error;
      }
    });
  }

  on<Type extends keyof ClientEventMap>(
    type: Type,
    listener: (event: ClientEventMap[Type]) => void,
  ): () => void {
    return this.#listeners.on(type, listener as never);
  }

  onEvent(name: string, listener: (data: never, message: never) => void): () => void {
    return this.#listeners.on(`name ${name}`, (message) => listener(message.data as never, message as never));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Delivery, undefined> {
    const reader = new Reader<Delivery>();
    if (this.status.state === "closed") reader.end();
    this.#readers.add(reader);
    return reader.read(() => this.#readers.delete(reader));
  }

  reconnect(): void {
    this.#connection.reconnect();
  }

  close(): void {
    this.#connection.close();
  }

  #sessionEvents(): SessionEvents {
    return {
      write: (message) => this.#connection.write(message),
      welcome: ({ member, resumed, keepaliveMs }) => {
        this.#memberId = member;
        this.#resumed = resumed;
        this.#connection.welcomed(keepaliveMs);
      },
      live: () => this.#connection.live(),
      message: ({ name, data, key }, place) => {
        const message = { type: "message", name, data, key, place } as Message;
        for (const reader of this.#readers) reader.push(message, key);
        this.#listeners.tell("message", message);
        if (name !== undefined) this.#listeners.tell(`name ${name}`, message);
      },
      gap: ({ name, data }) => {
        const gap = { type: "gap", name, data, place: this.place } as const;
        for (const reader of this.#readers) reader.push(gap);
        this.#listeners.tell("gap", gap);
      },
      members: (change) => this.#listeners.tell("members", change),
      error: (refusal) => this.#listeners.tell("error", refused(refusal)),
      settled: (message, error) => this.#listeners.tell("settled", { ...pendingMessage(message), error }),
    };
  }

  #checkOpen(): void {
    if (this.status.state === "closed") throw this.status.error ?? closedError();
  }
}

function payloadOf(sent: Sent): Payload {
  return sent.length === 2 ? { name: sent[0], data: sent[1] } : { data: sent[0] };
}

function pendingMessage({ id, payload, clientSeq }: OutgoingMessage): PendingMessage {
  return { id, name: payload.name, data: payload.data, isSent: clientSeq !== undefined };
}

function closedError(): WirehallError {
  return new WirehallError("CLIENT_CLOSED", "the client was closed");
}
