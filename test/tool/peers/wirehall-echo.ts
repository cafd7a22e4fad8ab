import { websocket } from "wirehall";
import { serve } from "wirehall/serve";
import { compression, endWithParent, maxMessageBytes, port, transport } from "../../fixture/settings.ts";

/**
 * An echo server of Wirehall, one file for four runtimes. Nothing is set but the limit of a message, compression, and
 * the limit of what waits for a slow client, which must hold the largest echo.
 */
const echo = websocket(
  { message: (connection, data) => void connection.send(data) },
  { maxMessageBytes, maxBufferedBytes: 4 * maxMessageBytes, compression },
);

export default serve({
  fetch: (request) =>
    new URL(request.url).pathname === "/echo" ? echo(request) : new Response("Not Found\n", { status: 404 }),
  port,
  transport,
  onListen(address) {
    console.log(`FIXTURE ${address.port}`);
    endWithParent();
  },
});
