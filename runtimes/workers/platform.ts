import type { AgreedCompression } from "../../src/endpoint/compression.ts";
import type { StandardWebSocket } from "../../src/endpoint/standard-socket.ts";
import type { CallReply, Reply } from "../../src/rooms/calls.ts";
import type { SqlBound, SqlValue } from "../../src/rooms/sql/engine.ts";
import type { ImportSource } from "../../src/rooms/transfer/stream.ts";

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
  readonly storage: DurableStorage;
  acceptWebSocket(webSocket: WorkersWebSocket, tags: readonly string[]): void;
  getWebSockets(): WorkersWebSocket[];
  getTags(webSocket: WorkersWebSocket): string[];
}

/** What is used of a Durable Object's storage, which must be the kind with SQLite. */
export interface DurableStorage {
  readonly kv: {
    get(key: string): Uint8Array | undefined;
    put(key: string, value: Uint8Array): void;
    delete(key: string): boolean;
    list(options: {
      readonly start: string;
      readonly end: string;
      readonly reverse?: boolean;
      readonly limit?: number;
    }): Iterable<[string, Uint8Array]>;
  };
  readonly sql: {
    exec(
      query: string,
      ...bindings: readonly SqlBound[]
    ): { readonly columnNames: readonly string[]; raw(): Iterable<readonly SqlValue[]> };
  };
  transactionSync<T>(act: () => T): T;
  deleteAll(): Promise<void>;
}

/** What is used of a Durable Object's namespace. */
export interface DurableNamespace {
  getByName(name: string): DurableStub;
}

/** A room's Durable Object, as it is reached from outside: what `durable` makes. */
export interface DurableStub {
  fetch(request: Request): Promise<Response>;
  wirehallCall(method: string, args: Uint8Array, chain: readonly string[]): Promise<CallReply>;
  wirehallHibernate(): Promise<void>;
  wirehallExport(): Promise<Reply<ReadableStream<Uint8Array>>>;
  wirehallImport(source: ImportSource): Promise<Reply<void>>;
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
