import process from "node:process";
import { Connections } from "../../src/endpoint/connections.ts";
import { type Acceptance, isUpgrade, travel } from "../../src/endpoint/upgrade.ts";
import type { ServeOptions, Server, ShutdownOptions } from "../../src/serve.ts";
import { answerThrow, ListeningServer } from "../../src/server.ts";
import { ServedHall } from "../node/hall.ts";
import { nativeGaps } from "./capabilities.ts";
import { type BunServeOptions, type BunServer, bun } from "./platform.ts";
import { BunSocket } from "./socket.ts";

/** The largest message that Bun takes into memory; an endpoint's own limit is checked after it. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

const EXTENSIONS = "sec-websocket-extensions";

/** Nothing is dropped silently: the session closes a slow consumer long before. */
const NO_BACKPRESSURE_LIMIT = 2 ** 31 - 1;

/** What a `Bun.serve` of one's own needs: `Bun.serve({ port, ...attachNative({ fetch: app.fetch }) })`. */
export interface BunAttachment extends Pick<BunServeOptions<BunSocket>, "fetch" | "websocket"> {
  /** Refuses new WebSockets with 503, closes the open ones with 1012, and resolves when all are gone. */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/** Makes of an app the `fetch` and `websocket` of a `Bun.serve` that accepts WebSockets. */
export function attachNative(options: Pick<ServeOptions, "fetch" | "hall" | "storage">): BunAttachment {
  const hall = new ServedHall(options);
  hall.open();
  const { shutdown, ...attachment } = makeAttachment(options);
  return {
    ...attachment,
    async shutdown(how) {
      await shutdown(how);
      await hall.close();
    },
  };
}

/** The same without the rooms, whose hall somebody else opens. */
function makeAttachment(options: Pick<ServeOptions, "fetch">): BunAttachment {
  const connections = new Connections();
  return {
    fetch: async (request, server) =>
      isUpgrade(request)
        ? await upgrade(request, server, connections, options)
        : await options.fetch(request, server),
    websocket: {
      maxPayloadLength: MAX_PAYLOAD_BYTES,
      backpressureLimit: NO_BACKPRESSURE_LIMIT,
      // Without context takeover either way. Who gets it is decided at each upgrade.
      perMessageDeflate: true,
      open: (webSocket) => webSocket.data.opened(webSocket),
      message: (webSocket, message) => webSocket.data.received(message),
      drain: (webSocket) => webSocket.data.drained(),
      pong: (webSocket, payload) => webSocket.data.ponged(payload),
      close: (webSocket, code, reason) => webSocket.data.closed(code, reason),
    },
    shutdown: ({ overMs = 0 } = {}) => connections.shutdown(overMs),
  };
}

async function upgrade(
  request: Request,
  server: BunServer<BunSocket>,
  connections: Connections,
  options: Pick<ServeOptions, "fetch">,
): Promise<Response | undefined> {
  const outcome = await travel(
    connections,
    { remoteAddress: server.requestIP(request)?.address, gaps: nativeGaps },
    (name, id) => {
      request.headers.set(name, id);
      return request;
    },
    (marked) => options.fetch(marked, server),
  );
  const { acceptance } = outcome;
  if (acceptance === undefined) return outcome.response;
  const { headers } = outcome;
  // Bun would accept the first that was offered by itself; an empty one stops it.
  headers.set("sec-websocket-protocol", acceptance.subprotocol);
  const data = new BunSocket(acceptance, connections);
  if (upgradeCompressed(request, acceptance, () => server.upgrade(request, { headers, data })))
    return undefined;
  acceptance.abandon();
  return new Response("bytes came before the handshake was answered\n", { status: 400 });
}

/**
 * Upgrades with the compression that was agreed, or none: Bun answers the header that the request has at this time,
 * of which it takes the first offer with parameters that it knows.
 */
function upgradeCompressed(
  request: Request,
  { compression }: Acceptance,
  upgradeNow: () => boolean,
): boolean {
  const offered = request.headers.get(EXTENSIONS);
  if (offered === null) return upgradeNow();
  request.headers.set(EXTENSIONS, compression === undefined ? "none" : "permessage-deflate");
  const upgraded = upgradeNow();
  request.headers.set(EXTENSIONS, offered);
  return upgraded;
}

/** Serves an app by `Bun.serve`, with Bun's own WebSockets. */
export function serveNative(options: ServeOptions): Server {
  const { fetch, websocket, shutdown } = makeAttachment(options);
  const hall = new ServedHall(options);
  let server: BunServer<BunSocket> | undefined;
  return new ListeningServer(options, {
    runtime: "bun",
    transport: "native",
    listen: ({ port, hostname }) =>
      hall.openFor(async () => {
        server = bun().serve({ port, hostname, tls: options.tls, fetch, websocket, error: answerThrow });
        return server.port;
      }),
    async stop(overMs) {
      await shutdown({ overMs });
      await server?.stop(true);
      await hall.close();
    },
    environmentPort: process.env.PORT,
    giveUp() {
      process.exitCode = 1;
    },
  });
}
