/** Why something was refused. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly issues?: readonly Issue[];
}

/** A place in a payload, or in arguments, that does not match the contract. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** A place in history. */
export interface Place {
  readonly epoch: string;
  readonly seq: number;
}

/**
 * What a frame carries: without `name` a text or bytes, with it any JSON value, or undefined for none.
 *
 * Bytes travel as they are, in a binary message.
 */
export interface Payload {
  readonly name?: string;
  readonly data?: unknown;
}

export interface Hello {
  readonly type: "hello";
  readonly session?: string;
  readonly last?: Place;
  readonly recent?: number;
  readonly presence?: boolean;
}

/** A message of the client; without a number it is volatile. */
export interface ClientMessage extends Payload {
  readonly type: "message";
  readonly clientSeq?: number;
}

export interface Call {
  readonly type: "call";
  readonly id: number;
  readonly method: string;
  readonly args?: readonly unknown[];
}

export interface Ping {
  readonly type: "ping";
}

export type ClientFrame = Hello | ClientMessage | Call | Ping;

export type Resumed = "fresh" | "resumed" | "gap";

export interface Welcome {
  readonly type: "welcome";
  readonly session: string;
  /** Present exactly where the session goes on. */
  readonly acked?: number;
  readonly nacked?: readonly Nacked[];
  readonly member: string;
  readonly resumed: Resumed;
  readonly epoch?: string;
  readonly seq?: number;
  readonly maxMessageBytes: number;
  readonly keepaliveMs: number;
}

export interface Nacked extends Refusal {
  readonly clientSeq: number;
}

export interface Gap extends Payload {
  readonly type: "gap";
  readonly epoch?: string;
  readonly seq?: number;
}

export interface Live {
  readonly type: "live";
  readonly seq?: number;
}

/** A message of the room: with `seq` it is in history, without it is volatile. */
export interface ServerMessage extends Payload {
  readonly type: "message";
  readonly seq?: number;
  readonly key?: string;
}

export interface Ack {
  readonly type: "ack";
  readonly clientSeq: number;
}

export interface Nack extends Nacked {
  readonly type: "nack";
}

export interface Reply {
  readonly type: "reply";
  readonly id: number;
  readonly result?: unknown;
  readonly error?: Refusal;
}

/** A member as others see it. */
export interface Here {
  readonly id: string;
  readonly state?: unknown;
}

export interface Presence {
  readonly type: "presence";
  readonly reset?: boolean;
  readonly more?: boolean;
  readonly join?: readonly Here[];
  readonly change?: readonly Here[];
  readonly leave?: readonly string[];
}

export interface ErrorFrame extends Refusal {
  readonly type: "error";
}

export interface Pong {
  readonly type: "pong";
}

export type ServerFrame =
  | Welcome
  | Gap
  | Live
  | ServerMessage
  | Ack
  | Nack
  | Reply
  | Presence
  | ErrorFrame
  | Pong;
