import process from "node:process";
import { type WirehallError, websocket } from "wirehall";
import { type ServeOptions, serve } from "wirehall/serve";
import { certificate, key } from "./certificate.ts";

/** A server to be watched from outside: by its own transport, with TLS if asked for. */
const echo = websocket({ message: (connection, data) => connection.send(data) });
const stuck = websocket({ upgrade: () => new Promise<void>(() => {}) });
const endless = () =>
  new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1024)) }), {
    status: 403,
  });
const { TRANSPORT: transport, TLS: tls } = process.env;
const options: ServeOptions = {
  hostname: "127.0.0.1",
  port: 0,
  transport: transport as ServeOptions["transport"],
  tls: tls === undefined ? undefined : { cert: certificate, key },
  onListen: ({ port, url }) => console.log(`FIXTURE ${port} ${url}`),
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/second") return await second();
    if (pathname === "/stuck") return await stuck(request);
    if (pathname === "/endless") return endless();
    if (pathname === "/sockets") {
      const resources = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap");
      return new Response(`${resources.length}`);
    }
    if (pathname === "/throw") throw new Error("secret");
    if (pathname === "/shutdown") {
      server.shutdown({ overMs: 20 }).then(() => console.log("GONE"));
      return new Response("soon\n");
    }
    return pathname === "/echo"
      ? await echo(request)
      : new Response(`${request.method} ${await request.text()}`);
  },
};

/** A second server on our port: its error. */
async function second(): Promise<Response> {
  const { port } = await server.ready;
  try {
    await serve({ ...options, port, onListen: undefined }).ready;
    return new Response("it listens\n");
  } catch (error) {
    const { code, message } = error as WirehallError;
    return Response.json({ code, message });
  }
}

const server = serve(options);
process.stdin.on("end", () => process.exit());
process.stdin.resume();
