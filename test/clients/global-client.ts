import { Arrivals, type ClientKind, type Session } from "./session.ts";

/** The WebSocket that Node has itself (undici's). */
export const globalClient: ClientKind = {
  name: "Node's own WebSocket",
  open(url, protocols = []) {
    const socket = new WebSocket(url, protocols);
    socket.binaryType = "arraybuffer";
    const messages = new Arrivals<string | Uint8Array>();
    const closed = Promise.withResolvers<{ code: number; reason: string; wasClean: boolean }>();
    socket.onmessage = ({ data }) => messages.push(typeof data === "string" ? data : new Uint8Array(data));
    socket.onclose = ({ code, reason, wasClean }) => {
      messages.end(new Error(`closed with ${code} ${reason}`));
      closed.resolve({ code, reason, wasClean });
    };
    return new Promise<Session>((resolve, reject) => {
      socket.onerror = () => reject(new Error(`could not connect to ${url}`));
      socket.onopen = () => {
        resolve({
          protocol: socket.protocol,
          send: (data) => socket.send(data as string | Uint8Array<ArrayBuffer>),
          close: (code, reason) => socket.close(code, reason),
          message: () => messages.next(),
          closed: () => closed.promise,
        });
      };
    });
  },
};
