import type { AddressInfo } from "node:net";
import { type PerMessageDeflateOptions, WebSocketServer } from "ws";

/** An echo server of npm `ws`, with its defaults apart from compression. */
export function startWsEcho(
  perMessageDeflate: boolean | PerMessageDeflateOptions,
): Promise<{ port: number; stop(): void }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate });
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
  });
  const stop = (): void => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  };
  return new Promise((resolve) => {
    server.on("listening", () => resolve({ port: (server.address() as AddressInfo).port, stop }));
  });
}
