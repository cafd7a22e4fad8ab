import { type PerMessageDeflateOptions, WebSocket } from "ws";
import { Arrivals, type ClientKind, type Session } from "./session.ts";

export interface WsSession extends Session {
  readonly socket: WebSocket;
}

/** npm `ws`, without an offer of compression unless it is asked for. */
export async function openWs(
  url: string,
  protocols: string[] = [],
  perMessageDeflate: PerMessageDeflateOptions | boolean = false,
): Promise<WsSession> {
  const socket = new WebSocket(url, protocols, { perMessageDeflate });
  const messages = new Arrivals<string | Uint8Array>();
  const closed = Promise.withResolvers<{ code: number; reason: string; wasClean: boolean }>();
  socket.on("message", (data: Buffer, isBinary) => {
    messages.push(isBinary ? new Uint8Array(data) : data.toString());
  });
  socket.addEventListener("close", ({ code, reason, wasClean }) => {
    messages.end(new Error(`closed with ${code} ${reason}`));
    closed.resolve({ code, reason, wasClean });
  });
  await new Promise<void>((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
  });
  return {
    socket,
    protocol: socket.protocol,
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    message: () => messages.next(),
    closed: () => closed.promise,
  };
}

export const wsClient: ClientKind = { name: "npm ws", open: openWs };
