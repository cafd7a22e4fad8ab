import { WirehallError } from "../../src/errors.ts";

/** What is used of Bun. */
export interface BunPlatform {
  serve<Data>(options: BunServeOptions<Data>): BunServer<Data>;
}

export interface BunServeOptions<Data> {
  readonly port: number;
  readonly hostname: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  fetch(request: Request, server: BunServer<Data>): Promise<Response | undefined>;
  error?(error: unknown): Response;
  readonly websocket: BunWebSocketHandler<Data>;
}

export interface BunWebSocketHandler<Data> {
  readonly maxPayloadLength?: number;
  readonly backpressureLimit?: number;
  readonly closeOnBackpressureLimit?: boolean;
  /** Seconds; 0 for never. */
  readonly idleTimeout?: number;
  readonly sendPings?: boolean;
  readonly perMessageDeflate?: boolean;
  open(webSocket: BunWebSocket<Data>): void;
  message(webSocket: BunWebSocket<Data>, message: string | Uint8Array): void;
  drain(webSocket: BunWebSocket<Data>): void;
  ping(webSocket: BunWebSocket<Data>, payload: Uint8Array): void;
  pong(webSocket: BunWebSocket<Data>, payload: Uint8Array): void;
  close(webSocket: BunWebSocket<Data>, code: number, reason: string): void;
}

export interface BunServer<Data> {
  readonly port: number;
  requestIP(request: Request): { readonly address: string } | null;
  upgrade(request: Request, options: { readonly headers?: Headers; readonly data: Data }): boolean;
  stop(closeActiveConnections?: boolean): Promise<void>;
}

export interface BunWebSocket<Data> {
  readonly data: Data;
  /** 1 while it is open. */
  readonly readyState: number;
  getBufferedAmount(): number;
  send(data: string | Uint8Array, compress: boolean): number;
  ping(data: Uint8Array): number;
  close(code?: number, reason?: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

/** Throws `WRONG_RUNTIME` anywhere else. */
export function bun(): BunPlatform {
  const { Bun } = globalThis as { Bun?: BunPlatform };
  if (Bun === undefined) throw new WirehallError("WRONG_RUNTIME", "wirehall/bun needs Bun");
  return Bun;
}
