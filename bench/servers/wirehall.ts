import { publish, websocket } from "wirehall";
import { type ServeOptions, serve } from "wirehall/serve";
import { announce, args, packageVersion, workload } from "./announce.ts";

// As the README does it, with all limits and checks at their defaults.

const endpoint =
  workload.kind === "fan"
    ? websocket({
        open: (connection) => connection.subscribe("fan"),
        message: (_connection, data) => void publish("fan", data),
      })
    : websocket({ message: (connection, data) => void connection.send(data) });

serve({
  fetch: endpoint,
  port: 0,
  hostname: "127.0.0.1",
  transport: args[0] as ServeOptions["transport"],
  onListen: ({ port }) => announce(port, packageVersion(""), args[0]),
});
