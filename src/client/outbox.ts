import { WirehallError } from "../errors.ts";
import { MAX_UNSETTLED, type Nacked, type Refusal } from "../subprotocol/mod.ts";
import type { OutgoingCall, OutgoingMessage } from "./outgoing.ts";

/** Where the outbox is kept over reloads. */
export interface OutboxKeeper {
  /** A message is new, or got its number. */
  keep(message: OutgoingMessage): void;
  drop(message: OutgoingMessage): void;
}

export interface OutboxLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** What became of a message; without an error it is committed. */
export type Settled = (message: OutgoingMessage, error: WirehallError | undefined) => void;

/**
 * What the room has not settled yet, in order: messages that were sent in this session and keep their number, and
 * behind them messages and calls that wait.
 */
export class Outbox {
  /** Sent, and to be sent again after a reconnect. */
  #sent: OutgoingMessage[] = [];
  #waiting: (OutgoingMessage | OutgoingCall)[] = [];
  #nextSeq = 1;
  #messages = 0;
  #bytes = 0;
  readonly #limits: OutboxLimits;
  readonly #settled: Settled;
  readonly #keeper: OutboxKeeper | undefined;

  constructor(limits: OutboxLimits, settled: Settled, keeper?: OutboxKeeper) {
    this.#limits = limits;
    this.#settled = settled;
    this.#keeper = keeper;
  }

  get messages(): readonly OutgoingMessage[] {
    return [...this.#sent, ...this.#waiting].filter((entry) => entry.kind === "message");
  }

  /** Takes back what was kept over a reload, before anything is added. */
  restore(messages: readonly OutgoingMessage[]): void {
    for (const message of messages) {
      const { clientSeq, bytes } = message;
      (clientSeq === undefined ? this.#waiting : this.#sent).push(message);
      this.#nextSeq = Math.max(this.#nextSeq, (clientSeq ?? 0) + 1);
      this.#messages++;
      this.#bytes += bytes;
    }
  }

  /** Throws `OUTBOX_FULL`. */
  add(message: OutgoingMessage): void {
    const { maxMessages, maxBytes } = this.#limits;
    if (this.#messages + 1 > maxMessages || this.#bytes + message.bytes > maxBytes) {
      throw new WirehallError(
        "OUTBOX_FULL",
        `${this.#messages} messages of ${this.#bytes} bytes wait for the room: the limits are ${maxMessages} and ` +
          `${maxBytes}; wait until some are settled`,
      );
    }
    this.#messages++;
    this.#bytes += message.bytes;
    this.#waiting.push(message);
    this.#keeper?.keep(message);
  }

  /** Calls keep their place among the messages. */
  addCall(call: OutgoingCall): void {
    this.#waiting.push(call);
  }

  /** What is to be sent next, which counts as sent then; undefined while nothing may be. */
  next(maxMessageBytes: number): OutgoingMessage | OutgoingCall | undefined {
    for (;;) {
      const entry = this.#waiting[0];
      if (entry?.kind === "message" && this.#sent.length >= MAX_UNSETTLED) return undefined;
      this.#waiting.shift();
      if (entry?.kind !== "message") return entry;
      if (entry.bytes > maxMessageBytes) {
        this.#settle(entry, tooLarge(entry, maxMessageBytes));
        continue;
      }
      entry.clientSeq = this.#nextSeq++;
      this.#sent.push(entry);
      // Kept before it leaves, or a reload would give its number to another.
      this.#keeper?.keep(entry);
      return entry;
    }
  }

  /** The server goes on with the session: the result is what to send again. */
  goOn(acked: number, nacked: readonly Nacked[]): readonly OutgoingMessage[] {
    for (const refusal of nacked) this.nack(refusal);
    this.#ack(acked);
    this.#nextSeq = Math.max(this.#nextSeq, acked + 1);
    return this.#sent;
  }

  /** The session is lost, and with it the word of the server that a message is applied once. */
  startAnew(): void {
    const inDoubt = this.#sent;
    this.#sent = [];
    this.#nextSeq = 1;
    for (const message of inDoubt) {
      this.#settle(
        message,
        new WirehallError(
          "SESSION_LOST",
          "the server no longer knows the session: this message may have been handled, or not",
        ),
      );
    }
  }

  /** False for a number that was never given. */
  ack(clientSeq: number): boolean {
    if (clientSeq >= this.#nextSeq) return false;
    this.#ack(clientSeq);
    return true;
  }

  /** A message that was settled before is settled no more. */
  nack(refusal: Nacked): void {
    const index = this.#sent.findIndex(({ clientSeq }) => clientSeq === refusal.clientSeq);
    if (index !== -1) this.#settle(this.#sent.splice(index, 1)[0] as OutgoingMessage, refused(refusal));
  }

  /** The server closed with 1009: the longest is too long for certain, or it would be sent for ever. */
  dropLongest(): void {
    if (this.#sent.length === 0) return;
    const longest = this.#sent.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    this.#sent.splice(this.#sent.indexOf(longest), 1);
    this.#settle(longest, tooLarge(longest));
  }

  /** Takes a message back that was not sent; false where it was, or is none. */
  discard(id: number): boolean {
    const index = this.#waiting.findIndex((entry) => entry.kind === "message" && entry.id === id);
    if (index === -1) return false;
    const [message] = this.#waiting.splice(index, 1) as [OutgoingMessage];
    this.#settle(message, new WirehallError("DISCARDED", "the message was taken back before it was sent"));
    return true;
  }

  /** Takes a call out that was not sent; false where it was. */
  dropCall(id: number): boolean {
    const index = this.#waiting.findIndex((entry) => entry.kind === "call" && entry.id === id);
    if (index !== -1) this.#waiting.splice(index, 1);
    return index !== -1;
  }

  /** Fails all there is; what is kept over reloads stays there. */
  fail(error: WirehallError): void {
    const entries = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    for (const entry of entries) entry.settle?.(error);
  }

  #ack(acked: number): void {
    while (this.#sent.length > 0 && (this.#sent[0]?.clientSeq as number) <= acked) {
      this.#settle(this.#sent.shift() as OutgoingMessage, undefined);
    }
  }

  #settle(message: OutgoingMessage, error: WirehallError | undefined): void {
    this.#messages--;
    this.#bytes -= message.bytes;
    this.#keeper?.drop(message);
    message.settle?.(error);
    this.#settled(message, error);
  }
}

/** An error of the server as one of ours; `cause` is what it sent, with the issues. */
export function refused(refusal: Refusal): WirehallError {
  return new WirehallError(refusal.code, refusal.message, { cause: refusal });
}

function tooLarge({ bytes }: OutgoingMessage, maxMessageBytes?: number): WirehallError {
  const limit = maxMessageBytes === undefined ? "" : `: the limit is ${maxMessageBytes}`;
  return new WirehallError(
    "MESSAGE_TOO_LARGE",
    `the message has ${bytes} bytes, too many for the server${limit}`,
  );
}
