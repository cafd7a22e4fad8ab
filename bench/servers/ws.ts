import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import "bufferutil";
import { announce, packageVersion, workload } from "./announce.ts";

// As its README does it: echo, and "server broadcast". Its defaults are on, which leave compression off.

const server: WebSocketServer = new WebSocketServer({ port: 0, host: "127.0.0.1", backlog: 4096 }, () =>
  announce(
    (server.address() as AddressInfo).port,
    packageVersion("node_modules/ws/"),
    packageVersion("node_modules/bufferutil/"),
  ),
);

server.on("connection", (socket) => {
  socket.on("error", () => {});
  if (workload.kind === "fan") {
    socket.on("message", (data, binary) => {
      for (const client of server.clients) client.send(data, { binary });
    });
  } else {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  }
});
