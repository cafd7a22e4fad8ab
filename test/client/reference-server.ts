import { type Connection, websocket } from "wirehall";
import { type Server, serve } from "wirehall/serve";
import { SUBPROTOCOL } from "../../src/subprotocol/mod.ts";
import { type ReferenceConnection, type ReferenceOptions, ReferenceRoom } from "./reference-room.ts";

interface Data {
  readonly key: string;
  reference?: ReferenceConnection;
}

/** The reference room behind a real WebSocket server, on the runtime that the test runs on. */
export class ReferenceServer {
  readonly room: ReferenceRoom;
  /** What clients offered, one after another. */
  readonly offers: string[] = [];
  /** Close connections with this code and reason as soon as they are open, before any frame. */
  refuse: { readonly code: number; readonly reason: string } | undefined;
  /** What a browser gets. */
  page = "";
  url = "";
  readonly #connections = new Set<Connection<Data>>();
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();
  #server: Server | undefined;

  constructor(options: ReferenceOptions = {}) {
    this.room = new ReferenceRoom(options);
  }

  async start(port = 0): Promise<this> {
    const endpoint = websocket<Data>(
      {
        upgrade: (request) => {
          this.offers.push(request.headers.get("sec-websocket-protocol") ?? "");
          return { data: { key: new URL(request.url).search } };
        },
        open: (connection) => this.#open(connection),
        message: ({ data }, message) => data.reference?.receive(message),
        close: (connection) => {
          this.#connections.delete(connection);
          connection.data.reference?.ended();
          this.#end(connection.data.key).resolve();
        },
      },
      { subprotocols: [SUBPROTOCOL] },
    );
    const fetch = (request: Request) =>
      request.headers.has("upgrade")
        ? endpoint(request)
        : new Response(this.page, { headers: { "content-type": "text/html" } });
    this.#server = serve({ fetch, hostname: "127.0.0.1", port, onListen() {} });
    this.url = (await this.#server.ready).url.replace("http", "ws");
    return this;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Resolves once the connection is gone that was made with this query, such as `?1`. */
  ended(key: string): Promise<void> {
    return this.#end(key).promise;
  }

  /** Drops every connection, as a server does that dies. */
  sever(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  close(code: number, reason = ""): void {
    for (const connection of this.#connections) connection.close(code, reason);
  }

  async stop(): Promise<void> {
    await this.#server?.shutdown();
  }

  #end(key: string): PromiseWithResolvers<void> {
    const end = this.#ends.get(key) ?? Promise.withResolvers();
    this.#ends.set(key, end);
    return end;
  }

  #open(connection: Connection<Data>): void {
    this.#connections.add(connection);
    if (this.refuse !== undefined) {
      connection.close(this.refuse.code, this.refuse.reason);
      return;
    }
    connection.data.reference = this.room.connect({
      send: (data) => connection.send(data),
      close: (code, reason) => connection.close(code, reason),
    });
  }
}
