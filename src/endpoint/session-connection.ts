import { WirehallError } from "../errors.ts";
import { encodeClosePayload, type SharedMessage } from "../protocol/mod.ts";
import { type CapabilityName, type Gaps, missingCapability } from "./capability.ts";
import type { Connection, SendOptions } from "./connection.ts";
import { checkExpiresAt } from "./expiry.ts";
import { checkPayload, pingPayload } from "./payload.ts";
import { randomId } from "./random.ts";
import type { Session } from "./session.ts";
import { type Subscriber, Topics } from "./topics.ts";

/** What is known of a connection before its first event. */
export interface Introduction {
  readonly request: Request;
  readonly remoteAddress: string | undefined;
  readonly subprotocol: string;
  /** What the transport cannot do. */
  readonly gaps: Gaps;
}

const topics = new Topics();

/** The connection that a handler sees, over the session that does the work. */
export class SessionConnection<Data> implements Connection<Data> {
  readonly id: string = randomId();
  data: Data;
  readonly #session: Session<Connection<Data>>;
  readonly #introduction: Introduction;

  constructor(session: Session<Connection<Data>>, introduction: Introduction, data: Data) {
    this.#session = session;
    this.#introduction = introduction;
    this.data = data;
  }

  /** The session of a connection; throws for an object that is none of ours. */
  static sessionOf(connection: Connection): Subscriber {
    if (!(connection instanceof SessionConnection)) {
      throw new WirehallError("INVALID_ARGUMENT", "this is not a Wirehall connection");
    }
    return connection.#session;
  }

  get request(): Request {
    return this.#introduction.request;
  }

  get remoteAddress(): string | undefined {
    return this.#introduction.remoteAddress;
  }

  get subprotocol(): string {
    return this.#introduction.subprotocol;
  }

  get bufferedAmount(): number {
    this.#require("backpressure");
    return this.#session.bufferedAmount;
  }

  get signal(): AbortSignal {
    return this.#session.signal;
  }

  get droppedMessages(): number {
    return this.#session.droppedMessages;
  }

  get expiresAt(): number | undefined {
    return this.#session.expiresAt;
  }

  set expiresAt(at: number | undefined) {
    checkExpiresAt(at);
    this.#session.expiresAt = at;
  }

  send(data: string | Uint8Array, options?: SendOptions): boolean {
    checkPayload(data);
    return this.#session.send(data, options?.key);
  }

  ping(payload: string | Uint8Array = ""): void {
    this.#require("ping");
    this.#session.ping(pingPayload(payload));
  }

  close(code?: number, reason = ""): void {
    encodeClosePayload(code, reason);
    this.#session.shut(code, reason);
  }

  terminate(): void {
    this.#require("terminate");
    this.#session.terminate();
  }

  async drained(): Promise<void> {
    this.#require("backpressure");
    await this.#session.drained();
  }

  subscribe(topic: string): void {
    this.#require("topics");
    if (this.#session.isOpen) topics.subscribe(this.#session, topic);
  }

  unsubscribe(topic: string): void {
    this.#require("topics");
    topics.unsubscribe(this.#session, topic);
  }

  #require(name: CapabilityName): void {
    const reason = this.#introduction.gaps[name];
    if (reason !== undefined) throw missingCapability(name, reason);
  }
}

/** Forgets a session's topics once its transport is gone. */
export function forgetTopics(session: Subscriber): void {
  topics.forget(session);
}

export interface PublishOptions extends SendOptions {
  /** Who does not get it. */
  readonly except?: Connection;
}

/**
 * Sends a message to each connection of this process that has subscribed to the topic, but `except`.
 *
 * Returns how many that were. The message is encoded once; where topics are a missing capability there are none.
 */
export function publish(topic: string, data: string | Uint8Array, options: PublishOptions = {}): number {
  checkPayload(data);
  const except = options.except === undefined ? undefined : SessionConnection.sessionOf(options.except);
  return topics.publish(topic, data, except, options.key);
}

/** Sends a message that goes to others too, as `send` does. */
export function sendShared(connection: Connection, message: SharedMessage, key?: string): boolean {
  return SessionConnection.sessionOf(connection).send(message, key);
}
