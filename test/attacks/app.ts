import { type Endpoint, type EndpointOptions, publish, websocket } from "wirehall";
import { type ServeOptions, serve } from "wirehall/serve";
import { type Bounds, usualBounds } from "./bounds.ts";

// The server under attack: an echo with low limits, which tells what it has counted.

/** Node's, Deno's and Bun's; a Worker has none, and what test code wants of it. */
const { process } = globalThis as {
  process?: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly stdin: { on(event: "end", listener: () => void): void; resume(): void };
    exit(): void;
  };
};

const bounds: Bounds = { ...usualBounds, ...JSON.parse(process?.env.WIREHALL_BOUNDS ?? "{}") };
const { maxMessageBytes, maxFragments, maxBufferedBytes, maxQueuedMessages, maxQueuedBytes, closeTimeoutMs } =
  bounds;
const options: EndpointOptions = {
  maxMessageBytes,
  maxFragments,
  maxBufferedBytes,
  maxQueuedMessages,
  maxQueuedBytes,
  closeTimeoutMs,
  messageRate: { messagesPerSecond: bounds.messagesPerSecond, burstMessages: bounds.burstMessages },
  log: () => {},
};

const echo: Endpoint = websocket({ message: (connection, data) => connection.send(data) }, options);
const compressed: Endpoint = websocket(
  { message: (connection, data) => connection.send(`${data.length}`) },
  { ...options, compression: true },
);
/** Closes whoever comes, and so waits for the answer. */
const closing: Endpoint = websocket({ open: (connection) => connection.close(4000) }, options);
/** Sends what nobody asked for until it is told to stop. */
const pouring: Endpoint = websocket(
  {
    message(connection) {
      const chunk = new Uint8Array(64 * 1024);
      for (let i = 0; i < 64 && connection.signal.aborted === false; i++) connection.send(chunk);
    },
  },
  options,
);
/** Takes its time over each message. */
const slow: Endpoint = websocket(
  { message: () => new Promise((resolve) => setTimeout(resolve, 1)) },
  { ...options, messageRate: undefined },
);

/** What one says, all hear. */
const topic: Endpoint = websocket(
  {
    open: (connection) => connection.subscribe("topic"),
    message: (_connection, data) => publish("topic", data),
  },
  options,
);

const endpoints: Readonly<Record<string, Endpoint>> = {
  "/echo": echo,
  "/compressed": compressed,
  "/closing": closing,
  "/pouring": pouring,
  "/slow": slow,
  "/topic": topic,
};

const refusals: Record<string, number> = {};
const closes: Record<string, number> = {};
/** Counted here, since a Worker has no gauge of them. */
let connections = 0;
let gauges: { readonly handshakes: number; readonly bufferedBytes: number } | undefined;

function tell(): Response {
  const { handshakes = 0, bufferedBytes = 0 } = gauges ?? {};
  return Response.json({ refusals, closes, connections, handshakes, bufferedBytes });
}

const server = serve({
  port: 0,
  hostname: "127.0.0.1",
  transport: process?.env.WIREHALL_TRANSPORT as ServeOptions["transport"],
  log: () => {},
  limits: {
    maxConnections: bounds.maxConnections,
    maxConnectionsPerAddress: bounds.maxConnectionsPerAddress,
    maxHandshakes: bounds.maxHandshakes,
    handshakeTimeoutMs: bounds.handshakeTimeoutMs,
    maxHeaderBytes: bounds.maxHeaderBytes,
  },
  metrics: {
    refused(reason) {
      refusals[reason] = (refusals[reason] ?? 0) + 1;
    },
    connectionOpened() {
      connections++;
    },
    connectionClosed(code) {
      connections--;
      closes[code] = (closes[code] ?? 0) + 1;
    },
    observe(observed) {
      gauges = observed;
    },
  },
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/shutdown") {
      server.shutdown({ overMs: Number(searchParams.get("over")) }).then(() => process?.exit());
      return new Response("soon\n");
    }
    return pathname === "/counts"
      ? tell()
      : ((await endpoints[pathname]?.(request)) ?? new Response(null, { status: 404 }));
  },
  onListen: ({ port }) => console.log(`FIXTURE ${port}`),
});
export default server;
process?.stdin.on("end", () => process.exit());
process?.stdin.resume();
