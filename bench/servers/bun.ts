import { announce, workload } from "./announce.ts";

// Bun's own WebSocket server with nothing around it; fan-out by its native `publish`.

interface BunWebSocket {
  send(message: string | Uint8Array): number;
  subscribe(topic: string): void;
}

interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  publish(topic: string, message: string | Uint8Array): number;
}

interface BunGlobal {
  serve(options: {
    port: number;
    hostname: string;
    fetch(request: Request, server: BunServer): Response | undefined;
    websocket: {
      open(socket: BunWebSocket): void;
      message(socket: BunWebSocket, message: string | Uint8Array): void;
    };
  }): BunServer;
}

const { Bun } = globalThis as unknown as { Bun: BunGlobal };
const fan = workload.kind === "fan";

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
  websocket: {
    open(socket) {
      if (fan) socket.subscribe("fan");
    },
    message: fan
      ? (_socket, message) => void server.publish("fan", message)
      : (socket, message) => void socket.send(message),
  },
});
announce(server.port);
