import type { Gaps } from "../endpoint/capability.ts";
import type { Clock } from "../endpoint/clock.ts";
import { Connections, endingOf, type ShutdownOptions } from "../endpoint/connections.ts";
import type { Log } from "../endpoint/log.ts";
import type { Metrics } from "../endpoint/metrics.ts";
import { resolveLimits, type ServerLimits } from "../endpoint/server-limits.ts";
import { travel } from "../endpoint/upgrade.ts";
import { WirehallError } from "../errors.ts";
import { LocalRooms } from "../rooms/local.ts";
import { bindHall, type Hall } from "../rooms/rooms.ts";
import { TestClient } from "./client.ts";
import { MemorySocket } from "./socket.ts";

/** What is served in memory: an app, or one endpoint as its `fetch`. */
export interface TestServerOptions {
  fetch(request: Request): Response | Promise<Response>;
  readonly hall?: Hall;
  /** Moves the time of rooms, of handshakes and of `shutdown`. Endpoints take theirs from their options. */
  readonly clock?: Clock;
  /** As those of `serve`. */
  readonly limits?: ServerLimits;
  readonly metrics?: Metrics;
  /** Where the server's own entries go; endpoints have an option of their own [the console]. */
  readonly log?: Log;
  /** What connections see as `remoteAddress` [127.0.0.1]. */
  readonly remoteAddress?: string;
}

export interface TestConnectOptions {
  /** Sent with the handshake. */
  readonly headers?: HeadersInit;
  /** In place of the server's `remoteAddress`. */
  readonly remoteAddress?: string;
  /** Subprotocols to offer. */
  readonly subprotocols?: readonly string[];
}

/** An app in memory: no port, no socket, no wait. */
export interface TestServer {
  /**
   * Opens a WebSocket: a path, or a whole URL. Rejects with `REFUSED`, whose `cause` is the response, when the app
   * does not accept it.
   */
  connect(url: string, options?: TestConnectOptions): Promise<TestClient>;
  /** Sends a request: a path, or a whole URL. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Closes every connection with 1012, as a server's does. */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

const BASE = "http://wirehall.test";
const GAPS: Gaps = { compression: "in memory there are no bytes to compress" };
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** Serves an app in memory, for tests of endpoints and rooms. */
export function testServer(options: TestServerOptions): TestServer {
  const { clock, metrics, log } = options;
  const connections = new Connections({ clock, limits: resolveLimits(options.limits), metrics, log });
  if (options.hall !== undefined) bindHall(options.hall, new LocalRooms(options.clock).locate);
  return {
    async connect(url, connectOptions = {}) {
      const headers = handshake(url, connectOptions);
      const outcome = await travel(
        connections,
        {
          remoteAddress: connectOptions.remoteAddress ?? options.remoteAddress ?? "127.0.0.1",
          httpVersion: "1.1",
          gaps: GAPS,
        },
        (name, id) => {
          headers.set(name, id);
          return new Request(absolute(url), { headers });
        },
        (request) => options.fetch(request),
      );
      const { acceptance, response } = outcome;
      if (acceptance === undefined) {
        throw new WirehallError("REFUSED", `the upgrade was refused with ${response.status}`, {
          cause: response,
        });
      }
      const accepted = new Response(null, { status: 200, headers: outcome.headers });
      const client = new TestClient(accepted, acceptance.subprotocol);
      const socket = new MemorySocket(client);
      client.join(socket);
      socket.start(acceptance.open(socket, connections));
      return client;
    },
    async fetch(url, init) {
      return await options.fetch(new Request(absolute(url), init));
    },
    async shutdown(shutdownOptions) {
      await connections.shutdown(endingOf(shutdownOptions));
    },
  };
}

function handshake(url: string, { headers, subprotocols = [] }: TestConnectOptions): Headers {
  const all = new Headers(headers);
  const standard = {
    host: new URL(absolute(url)).host,
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": KEY,
  };
  for (const [name, value] of Object.entries(standard)) if (!all.has(name)) all.set(name, value);
  if (subprotocols.length > 0) all.set("sec-websocket-protocol", subprotocols.join(", "));
  return all;
}

function absolute(url: string): string {
  return new URL(url.replace(/^ws/, "http"), BASE).href;
}
