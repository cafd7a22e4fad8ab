import { announce, workload } from "./announce.ts";

// Deno's own WebSocket server with nothing around it.

interface DenoGlobal {
  serve(
    options: { port: number; hostname: string; onListen(address: { port: number }): void },
    handler: (request: Request) => Response,
  ): void;
  upgradeWebSocket(request: Request): { socket: WebSocket; response: Response };
}

const { Deno } = globalThis as unknown as { Deno: DenoGlobal };
const sockets = new Set<WebSocket>();

Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => announce(port) }, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  sockets.add(socket);
  socket.onclose = () => sockets.delete(socket);
  socket.onmessage =
    workload.kind === "fan"
      ? ({ data }) => {
          for (const one of sockets) one.send(data);
        }
      : ({ data }) => socket.send(data);
  return response;
});
