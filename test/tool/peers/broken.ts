import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** What a broken server does wrong; `none` for one that does well enough, `latest` for one that skips pongs, as it may. */
export type Fault =
  | "none"
  | "pong"
  | "fragment"
  | "accept"
  | "mask"
  | "utf8"
  | "unmasked"
  | "rsv"
  | "late"
  | "silent"
  | "latest";

/** A small echo server with one fault. It reads whole frames from what one write brings, which is all the tests need. */
export function startBroken(fault: Fault): Promise<{ port: number; stop(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket, fault);
  });
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port, stop }));
  });
}

function serve(socket: Socket, fault: Fault): void {
  let bytes = Buffer.alloc(0);
  let open = false;
  let message: { opcode: number; parts: Buffer[] } | undefined;
  let owed: Buffer | undefined;

  const send = (opcode: number, payload: Buffer): void => {
    const head = Buffer.from([0x80 | opcode, payload.length]);
    const key = Buffer.alloc(fault === "mask" ? 4 : 0);
    if (fault === "mask") head[1] |= 0x80;
    socket.write(Buffer.concat([head, key, payload]));
  };
  const fail = (code: number): void => {
    send(8, Buffer.from([code >> 8, code & 0xff]));
    socket.end();
    bytes = Buffer.alloc(0);
    socket.removeAllListeners("data");
    socket.resume();
  };

  const frame = (): boolean => {
    if (bytes.length < 2) return false;
    const masked = bytes[1] >= 128;
    const length = bytes[1] & 127;
    const start = masked ? 6 : 2;
    if (bytes.length < start + length) return false;
    const key = masked ? bytes.subarray(2, 6) : Buffer.alloc(4);
    const payload = Buffer.from(bytes.subarray(start, start + length)).map((byte, i) => byte ^ key[i % 4]);
    const [fin, rsv, opcode] = [bytes[0] >= 128, bytes[0] & 0x70, bytes[0] & 15];
    bytes = bytes.subarray(start + length);
    if ((!masked && fault !== "unmasked") || (rsv !== 0 && fault !== "rsv")) fail(1002);
    else handle(opcode, fin, Buffer.from(payload));
    return true;
  };

  const handle = (opcode: number, fin: boolean, payload: Buffer): void => {
    if (opcode === 8) {
      if (fault === "silent") return;
      send(8, payload);
      if (fault === "late") send(1, Buffer.from("late"));
      socket.end();
      return;
    }
    if (opcode === 9 && fault === "latest") owed = payload;
    else if (opcode === 9) send(10, fault === "pong" ? Buffer.from("wrong") : payload);
    if (opcode >= 9) return;
    if (opcode !== 0) message = { opcode, parts: [payload] };
    else if (message === undefined) fail(1002);
    else if (fault !== "fragment" || fin) message.parts.push(payload);
    if (!fin || message === undefined) return;
    const whole = Buffer.concat(message.parts);
    if (message.opcode === 1 && fault !== "utf8" && !isText(whole)) fail(1007);
    else send(message.opcode, whole);
    message = undefined;
  };

  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (!open) {
      const key = /sec-websocket-key: (.*)\r\n/.exec(bytes.toString("latin1"))?.[1] ?? "";
      const end = bytes.indexOf("\r\n\r\n");
      if (end === -1) return;
      bytes = bytes.subarray(end + 4);
      open = true;
      const guid =
        fault === "accept" ? "258EAFA5-E914-47DA-95CA-C5AB0DC85B12" : "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      const accept = createHash("sha1")
        .update(key + guid)
        .digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
    }
    while (socket.writable && frame()) {}
    if (owed !== undefined && socket.writable) send(10, owed);
    owed = undefined;
  });
}

function isText(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
