import process from "node:process";
import { systemClock } from "../../src/endpoint/clock.ts";
import { type Connections, type Ending, endingOf } from "../../src/endpoint/connections.ts";
import { StandardSocket } from "../../src/endpoint/standard-socket.ts";
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
import { type DenoConnectionInfo, type DenoHandler, type DenoServer, deno } from "./platform.ts";

/** How long a WebSocket may take to open after its upgrade was answered. */
const OPEN_TIMEOUT_MS = 5_000;

/** What a `Deno.serve` of one's own needs: `Deno.serve(attachNative({ fetch: app.fetch }).handler)`. */
export interface DenoAttachment {
  readonly handler: DenoHandler;
  /** Refuses new WebSockets with 503, closes the open ones with 1012, and resolves when all are gone. */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/** Makes of an app a handler for `Deno.serve` that accepts WebSockets. */
export function attachNative(options: AttachOptions): DenoAttachment {
  checkAttachOptions(options);
  const connections = makeConnections(options, nativeGaps);
  return {
    handler: handlerOf(options, connections),
    async shutdown(shutdownOptions) {
      await connections.shutdown(endingOf(shutdownOptions));
    },
  };
}

export type DenoAttachOptions = Pick<ServeOptions, "fetch" | "hall" | "limits">;

function handlerOf(options: DenoAttachOptions, connections: Connections): DenoHandler {
  if (options.hall !== undefined) bindHall(options.hall, new LocalRooms().locate);
  return async (request, info) =>
    isUpgrade(request)
      ? await upgrade(request, info, connections, options)
      : await options.fetch(request, info);
}

async function upgrade(
  request: Request,
  info: DenoConnectionInfo,
  connections: Connections,
  options: Pick<AttachOptions, "fetch">,
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
  const { subprotocol, maxMessageBytes, pingIntervalMs } = acceptance;
  let upgraded: ReturnType<ReturnType<typeof deno>["upgradeWebSocket"]>;
  try {
    // Deno pings after half of it, and ends the connection after the other half.
    upgraded = deno().upgradeWebSocket(request, { idleTimeout: (2 * pingIntervalMs) / 1_000 });
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
  checkServeOptions(options);
  const connections = makeConnections(options, nativeGaps);
  const handler = handlerOf(options, connections);
  const onError = (thrown: unknown) => answerThrow(thrown, options.log);
  let server: DenoServer | undefined;
  return new ListeningServer(options, {
    runtime: "deno",
    transport: "native",
    listen({ port, hostname }) {
      server = deno().serve({ port, hostname, ...options.tls, onListen() {}, onError }, handler);
      return Promise.resolve(server.addr.port);
    },
    connections,
    stop: (ending) => stop(server, connections, ending),
    onSignal,
    environmentPort: deno().env.get("PORT"),
    giveUp() {
      process.exitCode = 1;
    },
  });
}

async function stop(
  server: DenoServer | undefined,
  connections: Connections,
  ending: Ending,
): Promise<boolean> {
  const endMs = systemClock.now() + ending.withinMs;
  let isClean = await connections.shutdown(ending);
  const late = Promise.withResolvers<void>();
  const cancel = systemClock.after(Math.max(endMs - systemClock.now(), 0), () => {
    isClean = false;
    late.resolve();
  });
  // A request that is never answered would hold this up for ever, and can't be aborted from here on.
  await Promise.race([server?.shutdown(), late.promise]);
  cancel();
  return isClean;
}
