import process from "node:process";
import { websocket } from "wirehall";
import { type ServeOptions, serve } from "wirehall/serve";

/** A server that may keep 32 MiB for all connections, and more for any one. */
const MIB = 1024 * 1024;
const chunk = new Uint8Array(64 * 1024);

serve({
  hostname: "127.0.0.1",
  port: 0,
  transport: process.env.TRANSPORT as ServeOptions["transport"],
  limits: { maxTotalBufferedBytes: 32 * MIB },
  onListen: ({ port, url }) => console.log(`FIXTURE ${port} ${url}`),
  fetch: websocket(
    {
      /** A number asks for so many MiB; anything else comes back. */
      message(connection, data) {
        const count = Number(data) * 16;
        if (Number.isNaN(count)) connection.send(data);
        for (let sent = 0; sent < count; sent++) connection.send(chunk);
      },
      close: (_connection, { code }) => console.log(`CLOSED ${code}`),
    },
    { maxBufferedBytes: 512 * MIB, log: () => {} },
  ),
});
process.stdin.on("end", () => process.exit());
process.stdin.resume();
