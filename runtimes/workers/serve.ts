import { systemClock } from "../../src/endpoint/clock.ts";
import type { Connections } from "../../src/endpoint/connections.ts";
import { StandardSocket } from "../../src/endpoint/standard-socket.ts";
import { type Acceptance, isUpgrade, travel } from "../../src/endpoint/upgrade.ts";
import { WirehallError } from "../../src/errors.ts";
import { bindHall } from "../../src/rooms/rooms.ts";
import type { Address, RuntimeName, ServeOptions, Server, Transport } from "../../src/serve.ts";
import { answerThrow, checkServeOptions, makeConnections } from "../../src/server.ts";
import { nativeGaps } from "./capabilities.ts";
import { locate } from "./hall.ts";
import {
  type ExecutionContext,
  switchingProtocols,
  type WorkersWebSocket,
  webSocketOf,
  webSocketPair,
} from "./platform.ts";

/** A Worker: the module's default export. Its getters are the class's, since workerd reads an object's own at start. */
export class WorkersServer implements Server {
  readonly runtime: RuntimeName = "workers";
  readonly transport: Transport = "native";
  readonly #options: ServeOptions;
  readonly #connections: Connections;

  constructor(options: ServeOptions) {
    checkServeOptions(options);
    if (options.transport === "codec")
      throw notHere("workerd gives no byte stream to a server: the transport is native");
    if (options.hall !== undefined) bindHall(options.hall, locate);
    this.#options = options;
    this.#connections = makeConnections(options, nativeGaps);
  }

  /** Rejects with `CAPABILITY`: Cloudflare listens, not the Worker. */
  get ready(): Promise<Address> {
    return Promise.reject(notHere("a Worker does not listen: Cloudflare calls it"));
  }

  /** Rejects with `CAPABILITY`: Cloudflare decides how long a Worker runs. */
  shutdown(): Promise<void> {
    return Promise.reject(notHere("a Worker does not end itself: Cloudflare does"));
  }

  async fetch(request: Request, env?: unknown, context?: unknown): Promise<Response> {
    try {
      if (isUpgrade(request)) return await this.#upgrade(request, env, context);
      return await this.#options.fetch(request, env, context);
    } catch (error) {
      return answerThrow(error, this.#options.log);
    }
  }

  async #upgrade(request: Request, env: unknown, context: unknown): Promise<Response> {
    const app = this.#options;
    const servers = new Map<Acceptance, WorkersWebSocket>();
    const outcome = await travel(
      this.#connections,
      {
        remoteAddress: request.headers.get("cf-connecting-ip") ?? undefined,
        gaps: nativeGaps,
        sharesTimers: false,
        respond(acceptance, headers) {
          const pair = webSocketPair();
          servers.set(acceptance, pair.server);
          return switchingProtocols(pair.client, acceptance.subprotocol, headers, acceptance.compression);
        },
      },
      (name, id) => {
        const headers = new Headers(request.headers);
        headers.set(name, id);
        return new Request(request, { headers });
      },
      (marked) => app.fetch(marked, env, context),
    );
    const { acceptance, response } = outcome;
    if (acceptance === undefined) return response;
    const client = webSocketOf(response);
    const server = servers.get(acceptance);
    if (client === null || server === undefined) {
      acceptance.abandon();
      return new Response("Internal Server Error\n", { status: 500 });
    }
    const { maxMessageBytes, subprotocol, compression } = acceptance;
    const socket = new StandardSocket(server, { maxMessageBytes, clock: systemClock, closesLater: false });
    socket.listen();
    server.accept();
    const session = acceptance.open(socket, this.#connections);
    socket.start(session);
    // Else what a handler awaits ends with the WebSocket, and with it the handler.
    (context as ExecutionContext | undefined)?.waitUntil(session.finished);
    return switchingProtocols(client, subprotocol, outcome.headers, compression);
  }
}

function notHere(reason: string): WirehallError {
  return new WirehallError("CAPABILITY", reason);
}
