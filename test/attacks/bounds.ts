/** The limits of the server under attack: low, so that an attack of two seconds meets them. */
export const usualBounds = {
  maxConnections: 400,
  maxConnectionsPerAddress: 300,
  maxHandshakes: 100,
  handshakeTimeoutMs: 300,
  maxHeaderBytes: 16 * 1024,
  maxMessageBytes: 256 * 1024,
  maxFragments: 4_096,
  maxBufferedBytes: 512 * 1024,
  maxQueuedMessages: 128,
  maxQueuedBytes: 64 * 1024,
  closeTimeoutMs: 300,
  messagesPerSecond: 1_000,
  burstMessages: 2_000,
} as const;

export type Bounds = { readonly [Name in keyof typeof usualBounds]: number };

/** What one connection may hold by its limits: what it has not read, what waits for its handler, and a message. */
export const connectionBytes: number =
  usualBounds.maxBufferedBytes +
  usualBounds.maxQueuedBytes +
  2 * usualBounds.maxMessageBytes +
  usualBounds.maxHeaderBytes;

/** Where thousands are honest, and come from few addresses. */
export const crowdBounds: Partial<Bounds> = {
  maxConnections: 20_000,
  maxConnectionsPerAddress: 20_000,
  maxHandshakes: 2_000,
  handshakeTimeoutMs: 30_000,
};
