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
import type { ResolvedLimits } from "../../src/endpoint/server-limits.ts";
import { hasToken } from "../../src/protocol/mod.ts";
import type { RuntimeName, ServeOptions, Server } from "../../src/serve.ts";
import { answerThrow, checkServeOptions, ListeningServer, makeConnections } from "../../src/server.ts";
import { attachTo } from "./attach.ts";
import { codecGaps } from "./capabilities.ts";
import { onSignal } from "./signals.ts";
import { countUnread } from "./unread.ts";

// What node:http does by itself: how long a whole request may take, and how often it looks for those that are late.
const REQUEST_TIMEOUT_MS = 300_000;
const CHECKING_INTERVAL_MS = 30_000;

/** The most that node:http can be told to read of headers. */
const MAX_HEADER_SIZE = 2 ** 31 - 1;

/** How often a server that closes looks for connections that have become idle. */
const IDLE_POLL_MS = 50;

/** Serves an app over node:http or node:https, with WebSockets by codec; also on Deno and Bun. */
export function serveCodec(runtime: RuntimeName, options: ServeOptions): Server {
  checkServeOptions(options);
  const connections = makeConnections(options, codecGaps);
  const { gate } = connections;
  const listener = toNodeHandler(withPlatformRequests(options)) as RequestListener;
  const server = make(options, gate.limits, listener);
  countUnread(server, gate);
  const { stop } = attachTo(server, options, connections);
  return new ListeningServer(options, {
    runtime,
    transport: "codec",
    listen: (address) => listen(server, address),
    connections,
    async stop(ending) {
      const endMs = systemClock.now() + ending.withinMs;
      const isClean = await stop(ending);
      return (await close(server, Math.max(endMs - systemClock.now(), 0))) && isClean;
    },
    onSignal,
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
      return answerThrow(error, options.log);
    }
  };
}

function make({ tls }: ServeOptions, limits: ResolvedLimits, listener: RequestListener): HttpServer {
  const settings = {
    ...readingLimits(limits),
    // An upgrade to anything else is answered as a plain request, with its body (RFC 9110 7.8).
    shouldUpgradeCallback: (request: IncomingMessage) => asksForWebSocket(request),
  };
  if (tls === undefined) return createServer(settings, listener);
  const handshakeTimeout = settings.headersTimeout || undefined;
  return createSecureServer({ ...settings, ...tls, handshakeTimeout }, listener);
}

/** How node:http says what a request may take until it is read; it has 0 for a time without end. */
function readingLimits({ handshakeTimeoutMs, maxHeaderBytes }: ResolvedLimits) {
  const isBounded = handshakeTimeoutMs < Number.POSITIVE_INFINITY;
  return {
    maxHeaderSize: Math.min(maxHeaderBytes, MAX_HEADER_SIZE),
    headersTimeout: isBounded ? handshakeTimeoutMs : 0,
    requestTimeout: isBounded ? Math.max(REQUEST_TIMEOUT_MS, handshakeTimeoutMs) : REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: isBounded
      ? Math.min(CHECKING_INTERVAL_MS, Math.ceil(handshakeTimeoutMs / 4))
      : CHECKING_INTERVAL_MS,
  };
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

/** Waits for the requests that are under way, but not for long. Resolves to whether none had to be cut off. */
function close(server: HttpServer, withinMs: number): Promise<boolean> {
  if (!server.listening) return Promise.resolve(true);
  return new Promise((resolve) => {
    let isClean = true;
    let cancelIdle: (() => void) | undefined;
    // A connection whose last request ends later than this stays open, for more that will not come.
    const closeIdle = () => {
      server.closeIdleConnections();
      cancelIdle = systemClock.after(IDLE_POLL_MS, closeIdle);
    };
    const cancel = systemClock.after(withinMs, () => {
      isClean = false;
      server.closeAllConnections();
    });
    server.close(() => {
      cancel();
      cancelIdle?.();
      resolve(isClean);
    });
    closeIdle();
  });
}
