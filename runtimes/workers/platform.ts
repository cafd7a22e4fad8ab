import type { AgreedCompression } from "../../src/endpoint/compression.ts";
import type { StandardWebSocket } from "../../src/endpoint/standard-socket.ts";

/** workerd's WebSocket. */
export interface WorkersWebSocket extends StandardWebSocket {
  /** 1 while it is open. */
  readonly readyState: number;
  accept(): void;
  serializeAttachment(attachment: unknown): void;
  deserializeAttachment(): unknown;
}

/** What is used of a request's context. */
export interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}

/** What is used of a Durable Object's context. */
export interface DurableContext {
  readonly id: { readonly name?: string };
  acceptWebSocket(webSocket: WorkersWebSocket, tags: readonly string[]): void;
  getWebSockets(): WorkersWebSocket[];
  getTags(webSocket: WorkersWebSocket): string[];
}

/** What is used of a Durable Object's namespace. */
export interface DurableNamespace {
  getByName(name: string): { fetch(request: Request): Promise<Response> };
}

/** A new pair: what the client gets, and our side. */
export function webSocketPair(): { client: WorkersWebSocket; server: WorkersWebSocket } {
  const { WebSocketPair } = globalThis as unknown as {
    WebSocketPair: new () => { 0: WorkersWebSocket; 1: WorkersWebSocket };
  };
  const pair = new WebSocketPair();
  return { client: pair[0], server: pair[1] };
}

/** The response that accepts an upgrade. */
export function switchingProtocols(
  client: WorkersWebSocket,
  subprotocol: string,
  headers: Headers,
  compression: AgreedCompression | undefined,
): Response {
  // workerd then compresses as this says; without it, as it thinks best.
  if (compression !== undefined) headers.set("sec-websocket-extensions", compression.answer);
  if (subprotocol !== "") headers.set("sec-websocket-protocol", subprotocol);
  return new Response(null, { status: 101, webSocket: client, headers } as ResponseInit);
}

/** The client's side in a response, also after it was cloned. */
export function webSocketOf(response: Response): WorkersWebSocket | null {
  return (response as unknown as { webSocket?: WorkersWebSocket | null }).webSocket ?? null;
}
