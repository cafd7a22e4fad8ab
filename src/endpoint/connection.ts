/** How a message is sent. */
export interface SendOptions {
  /**
   * What the message is the state of. Where `slowConsumer` is `"latest"`, a newer message of the same key takes its
   * place while the peer is too slow to get both; otherwise it has no effect.
   */
  readonly key?: string;
}

/** One accepted WebSocket, as a handler sees it. */
export interface Connection<Data = unknown> {
  /** 128 random bits, in base64url. */
  readonly id: string;
  /** The request that was upgraded, without the token that `tokenOf` reads. */
  readonly request: Request;
  /**
   * The client's address, without a port: the peer's as the transport sees it or, with `trustProxy`, what the proxies
   * tell. Undefined where the runtime does not tell.
   */
  readonly remoteAddress: string | undefined;
  /** The subprotocol that was agreed, or "". */
  readonly subprotocol: string;
  /** The handler's own; starts as what `upgrade` returned as `data`. */
  data: Data;
  /** Bytes accepted by `send` that have not left the process. Throws `CAPABILITY` where the runtime does not tell. */
  readonly bufferedAmount: number;
  /** How many messages `slowConsumer: "drop"` has dropped. */
  readonly droppedMessages: number;
  /**
   * When the connection is closed with 3000 (unauthorized) and the reason "expired": a time in milliseconds since the
   * epoch, as `Date.now()` gives it; undefined for never. Where a token is renewed, assign a later one.
   */
  expiresAt: number | undefined;
  /** Aborts when the connection is gone, also while a handler runs. */
  readonly signal: AbortSignal;
  /**
   * Sends one message; binary data is copied before this returns.
   *
   * Returns false when more than `highWaterMarkBytes` are waiting (the message is still sent, and `drain` follows),
   * when `slowConsumer` drops it, or when the connection is closing or gone (the message is dropped).
   */
  send(data: string | Uint8Array, options?: SendOptions): boolean;
  /** Sends a ping of at most 125 bytes (RFC 6455, 5.5.2). Throws `CAPABILITY` where the runtime has no way to. */
  ping(payload?: string | Uint8Array): void;
  /**
   * Begins the closing handshake (RFC 6455, 7.1.2); no message is delivered afterwards, and a peer that does not
   * answer within `closeTimeoutMs` is terminated. Throws `INVALID_CLOSE` for a code that may not be sent or a
   * reason of more than 123 bytes.
   */
  close(code?: number, reason?: string): void;
  /** Drops the connection at once, without a closing handshake. Throws `CAPABILITY` where the runtime can't. */
  terminate(): void;
  /**
   * Resolves once `bufferedAmount` is at most `highWaterMarkBytes`; rejects with `CONNECTION_CLOSED`, or with
   * `CAPABILITY` where the runtime does not tell.
   */
  drained(): Promise<void>;
  /** Joins a topic: what is published to it from now on reaches this connection. Throws `CAPABILITY` on Workers. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
}
