import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type RequestListener,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import process from "node:process";
import type { ServerRequest } from "srvx";
import { toNodeHandler } from "srvx/node";
import { systemClock } from "../../src/endpoint/clock.ts";
import { hasToken } from "../../src/protocol/mod.ts";
import type { RuntimeName, ServeOptions, Server } from "../../src/serve.ts";
import { answerThrow, ListeningServer } from "../../src/server.ts";
import { acceptUpgrades } from "./attach.ts";
import { ServedHall } from "./hall.ts";

/** How long a shutdown waits for requests that are under way. */
const REQUESTS_TIMEOUT_MS = 5_000;

/** Serves an app over node:http or node:https, with WebSockets by codec; also on Deno and Bun. */
export function serveCodec(runtime: RuntimeName, options: ServeOptions): Server {
  const server = make(options, toNodeHandler(withPlatformRequests(options)) as RequestListener);
  const upgrades = acceptUpgrades(server, options);
  const hall = new ServedHall(options);
  return new ListeningServer(options, {
    runtime,
    transport: "codec",
    listen: (address) => hall.openFor(() => listen(server, address)),
    async stop(overMs) {
      await upgrades.shutdown({ overMs });
      await close(server);
      await hall.close();
    },
    environmentPort: process.env.PORT,
    giveUp() {
      process.exitCode = 1;
    },
  });
}

/**
 * The app with requests that are the platform's own: srvx hands out stand-ins, which `new Request(request)`, as
 * middleware writes it, would take only after a patch of the global.
 */
function withPlatformRequests(options: ServeOptions): (request: ServerRequest) => Promise<Response> {
  return async (request) => {
    try {
      const { req: incoming, res: outgoing } = request.runtime?.node ?? {};
      return await options.fetch(request._request ?? request, { incoming, outgoing });
    } catch (error) {
      return answerThrow(error);
    }
  };
}

function make(options: ServeOptions, listener: RequestListener): HttpServer {
  // An upgrade to anything else is answered as a plain request, with its body (RFC 9110 7.8).
  const settings = { shouldUpgradeCallback: (request: IncomingMessage) => asksForWebSocket(request) };
  const { tls } = options;
  return tls === undefined
    ? createServer(settings, listener)
    : createSecureServer({ ...settings, ...tls }, listener);
}

function asksForWebSocket(request: IncomingMessage): boolean {
  return hasToken(request.headers.upgrade ?? null, "websocket");
}

function listen(server: HttpServer, address: { port: number; hostname: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: address.port, host: address.hostname }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Waits for the requests that are under way, but not for long. */
function close(server: HttpServer): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = systemClock.after(REQUESTS_TIMEOUT_MS, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
