import process from "node:process";
import { systemClock } from "../../src/endpoint/clock.ts";
import { type Connections, endingOf } from "../../src/endpoint/connections.ts";
import { type Acceptance, isUpgrade, travel } from "../../src/endpoint/upgrade.ts";
import { LocalRooms } from "../../src/rooms/local.ts";
import { bindHall } from "../../src/rooms/rooms.ts";
import type { AttachOptions, ServeOptions, Server, ShutdownOptions } from "../../src/serve.ts";
import {
  answerThrow,
  checkAttachOptions,
  checkServeOptions,
  ListeningServer,
  makeConnections,
} from "../../src/server.ts";
import { onSignal } from "../node/signals.ts";
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
export function attachNative(options: AttachOptions): BunAttachment {
  checkAttachOptions(options);
  const connections = makeConnections(options, nativeGaps);
  return {
    ...handlersOf(options, connections),
    async shutdown(shutdownOptions) {
      await connections.shutdown(endingOf(shutdownOptions));
    },
  };
}

function handlersOf(
  options: Pick<AttachOptions, "fetch" | "hall" | "log">,
  connections: Connections,
): Pick<BunAttachment, "fetch" | "websocket"> {
  if (options.hall !== undefined) bindHall(options.hall, new LocalRooms().locate);
  return {
    fetch: async (request, server) =>
      isUpgrade(request)
        ? await upgrade(request, server, connections, options)
        : await options.fetch(request, server),
    websocket: {
      maxPayloadLength: MAX_PAYLOAD_BYTES,
      backpressureLimit: NO_BACKPRESSURE_LIMIT,
      closeOnBackpressureLimit: false,
      // Bun's timer begins anew when something is sent, and so never ends for a peer that is gone but sent to.
      idleTimeout: 0,
      sendPings: false,
      // Without context takeover either way. Who gets it is decided at each upgrade.
      perMessageDeflate: true,
      open: (webSocket) => webSocket.data.opened(webSocket),
      message: (webSocket, message) => webSocket.data.received(message),
      drain: (webSocket) => webSocket.data.drained(),
      ping: (webSocket) => webSocket.data.pinged(),
      pong: (webSocket, payload) => webSocket.data.ponged(payload),
      close: (webSocket, code, reason) => webSocket.data.closed(code, reason),
    },
  };
}

async function upgrade(
  request: Request,
  server: BunServer<BunSocket>,
  connections: Connections,
  options: Pick<AttachOptions, "fetch">,
): Promise<Response | undefined> {
  const remoteAddress = server.requestIP(request)?.address;
  const outcome = await travel(
    connections,
    { remoteAddress, gaps: nativeGaps },
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
  connections.gate.refused("early-bytes", remoteAddress);
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
  checkServeOptions(options);
  const connections = makeConnections(options, nativeGaps);
  const { fetch, websocket } = handlersOf(options, connections);
  const error = (thrown: unknown) => answerThrow(thrown, options.log);
  let server: BunServer<BunSocket> | undefined;
  return new ListeningServer(options, {
    runtime: "bun",
    transport: "native",
    async listen({ port, hostname }) {
      server = bun().serve({ port, hostname, tls: options.tls, fetch, websocket, error });
      return server.port;
    },
    connections,
    async stop(ending) {
      const endMs = systemClock.now() + ending.withinMs;
      let isClean = await connections.shutdown(ending);
      const cancel = systemClock.after(Math.max(endMs - systemClock.now(), 0), () => {
        isClean = false;
        void server?.stop(true);
      });
      // Without `true` it waits for the requests that are under way.
      await server?.stop();
      cancel();
      return isClean;
    },
    onSignal,
    environmentPort: process.env.PORT,
    giveUp() {
      process.exitCode = 1;
    },
  });
}
