import process from "node:process";
import { websocket } from "wirehall";
import { type ServeOptions, serve } from "wirehall/serve";

/** A server that ends with a signal, or by itself: nothing else keeps its process. */
const { TRANSPORT: transport, SIGNALS: signals, OWN: own, SHUTDOWN_MS: shutdownMs } = process.env;

const echo = websocket({ message: (connection, data) => connection.send(data) });
const lasting = websocket({
  async close(_connection, { code }) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log(`CLOSED ${code}`);
  },
});
const endless = websocket({ close: () => new Promise<void>((resolve) => setTimeout(resolve, 60_000)) });

const server = serve({
  hostname: "127.0.0.1",
  port: 0,
  transport: transport as ServeOptions["transport"],
  signals: signals === undefined ? undefined : signals === "1",
  shutdownMs: shutdownMs === undefined ? undefined : Number(shutdownMs),
  onListen: ({ port, url }) => console.log(`FIXTURE ${port} ${url}`),
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/echo") return await echo(request);
    if (pathname === "/lasting") return await lasting(request);
    if (pathname === "/endless") return await endless(request);
    if (pathname === "/late") {
      console.log("ASKED");
      await new Promise((resolve) => setTimeout(resolve, 300));
      return new Response("the whole answer");
    }
    if (pathname === "/shutdown") void server.shutdown().then(() => console.log("GONE"));
    return new Response("plain");
  },
});

if (own !== undefined) {
  process.on("SIGTERM", async () => {
    console.log("OWN");
    await server.shutdown();
    process.exit(Number(own));
  });
}
