import process from "node:process";
import { systemClock } from "../../src/endpoint/clock.ts";
import { Connections } from "../../src/endpoint/connections.ts";
import { StandardSocket } from "../../src/endpoint/standard-socket.ts";
import { type Acceptance, isUpgrade, travel } from "../../src/endpoint/upgrade.ts";
import type { ServeOptions, Server, ShutdownOptions } from "../../src/serve.ts";
import { answerThrow, ListeningServer } from "../../src/server.ts";
import { ServedHall } from "../node/hall.ts";
import { nativeGaps } from "./capabilities.ts";
import { type DenoConnectionInfo, type DenoHandler, type DenoServer, deno } from "./platform.ts";

/** How long a WebSocket may take to open after its upgrade was answered. */
const OPEN_TIMEOUT_MS = 5_000;

/** How long a shutdown waits for requests that are under way. */
const REQUESTS_TIMEOUT_MS = 5_000;

/** What a `Deno.serve` of one's own needs: `Deno.serve(attachNative({ fetch: app.fetch }).handler)`. */
export interface DenoAttachment {
  readonly handler: DenoHandler;
  /** Refuses new WebSockets with 503, closes the open ones with 1012, and resolves when all are gone. */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/** Makes of an app a handler for `Deno.serve` that accepts WebSockets. */
export function attachNative(options: Pick<ServeOptions, "fetch" | "hall" | "storage">): DenoAttachment {
  const hall = new ServedHall(options);
  hall.open();
  const { handler, shutdown } = makeHandler(options);
  return {
    handler,
    async shutdown(how) {
      await shutdown(how);
      await hall.close();
    },
  };
}

/** The same without the rooms, whose hall somebody else opens. */
function makeHandler(options: Pick<ServeOptions, "fetch">): DenoAttachment {
  const connections = new Connections();
  return {
    handler: async (request, info) =>
      isUpgrade(request)
        ? await upgrade(request, info, connections, options)
        : await options.fetch(request, info),
    shutdown: ({ overMs = 0 } = {}) => connections.shutdown(overMs),
  };
}

async function upgrade(
  request: Request,
  info: DenoConnectionInfo,
  connections: Connections,
  options: Pick<ServeOptions, "fetch">,
): Promise<Response> {
  // Asked for later it would not know of a client that is gone by then, whose socket an upgrade would leak.
  const { signal } = request;
  const outcome = await travel(
    connections,
    { remoteAddress: info.remoteAddr.hostname, gaps: nativeGaps },
    (name, id) => {
      const headers = new Headers(request.headers);
      headers.set(name, id);
      // What asks for an upgrade has no body.
      return new Request(request.url, { method: request.method, headers });
    },
    (marked) => options.fetch(marked, info),
  );
  if (outcome.acceptance === undefined) return outcome.response;
  if (signal.aborted) {
    outcome.acceptance.abandon();
    return new Response(null, { status: 400 });
  }
  return accept(request, outcome.acceptance, outcome.headers, connections);
}

function accept(
  request: Request,
  acceptance: Acceptance,
  headers: Headers,
  connections: Connections,
): Response {
  const { subprotocol, maxMessageBytes } = acceptance;
  let upgraded: ReturnType<ReturnType<typeof deno>["upgradeWebSocket"]>;
  try {
    upgraded = deno().upgradeWebSocket(request);
  } catch (error) {
    acceptance.abandon();
    throw error;
  }
  const { socket: webSocket, response } = upgraded;
  for (const [name, value] of headers) response.headers.append(name, value);
  // Not by Deno's own option, which knows only offers with a space after each comma.
  if (subprotocol !== "") response.headers.set("sec-websocket-protocol", subprotocol);
  const socket = new StandardSocket(webSocket, { maxMessageBytes, clock: systemClock, closesLater: true });
  let isSettled = false;
  const settle = (): boolean => {
    const isFirst = !isSettled;
    isSettled = true;
    cancel();
    return isFirst;
  };
  const gone = () => {
    if (settle()) acceptance.abandon();
  };
  // Where the client was gone already, Deno gives a WebSocket without any event.
  const cancel = systemClock.after(OPEN_TIMEOUT_MS, gone);
  socket.listen();
  webSocket.onopen = () => {
    if (settle()) socket.start(acceptance.open(socket, connections));
    else webSocket.close();
  };
  webSocket.addEventListener("close", gone);
  return response;
}

/** Serves an app by `Deno.serve`, with Deno's own WebSockets. */
export function serveNative(options: ServeOptions): Server {
  const { handler, shutdown } = makeHandler(options);
  const hall = new ServedHall(options);
  let server: DenoServer | undefined;
  return new ListeningServer(options, {
    runtime: "deno",
    transport: "native",
    listen: ({ port, hostname }) =>
      hall.openFor(async () => {
        server = deno().serve(
          { port, hostname, ...options.tls, onListen() {}, onError: answerThrow },
          handler,
        );
        return server.addr.port;
      }),
    async stop(overMs) {
      await shutdown({ overMs });
      const late = Promise.withResolvers<void>();
      const cancel = systemClock.after(REQUESTS_TIMEOUT_MS, late.resolve);
      // A request that is never answered would hold this up for ever, and can't be aborted from here on.
      await Promise.race([server?.shutdown(), late.promise]);
      cancel();
      await hall.close();
    },
    environmentPort: deno().env.get("PORT"),
    giveUp() {
      process.exitCode = 1;
    },
  });
}
