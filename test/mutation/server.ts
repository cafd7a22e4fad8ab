import { flushCompileCache } from "node:module";
import process from "node:process";
import { serve } from "../../runtimes/node/mod.ts";
import { type CompressionOptions, type Endpoint, websocket } from "../../src/mod.ts";

/**
 * The server that the tool is proven by: it echoes, and is started from copies of Wirehall with one fault each. What
 * it imports is part of the copy. Ends when its standard input closes.
 */
const maxMessageBytes = 16 * 1024 * 1024;

const echo = (compression: CompressionOptions): Endpoint =>
  websocket(
    { message: (connection, data) => void connection.send(data) },
    { maxMessageBytes, maxBufferedBytes: 4 * maxMessageBytes, subprotocols: ["x-one"], compression },
  );

const endpoints: Readonly<Record<string, Endpoint>> = {
  "/": echo({ thresholdBytes: 1, contextTakeover: true }),
  "/fresh": echo({ thresholdBytes: 1, contextTakeover: false }),
  "/small": echo({ thresholdBytes: 1, contextTakeover: true, maxWindowBits: 9 }),
};

serve({
  fetch: (request) =>
    endpoints[new URL(request.url).pathname]?.(request) ?? new Response("not here\n", { status: 404 }),
  port: 0,
  hostname: "127.0.0.1",
  onListen({ port }) {
    flushCompileCache();
    console.log(`FIXTURE ${port}`);
  },
});

process.stdin.on("end", () => process.exit());
process.stdin.on("error", () => process.exit());
process.stdin.resume();
