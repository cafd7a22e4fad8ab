import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { repeatedFrame } from "../frames.ts";
import { payloadOf } from "../workload.ts";
import { announce, workload } from "./announce.ts";

// The limit: no server in JavaScript that reads from a node:net socket and writes to it can do less. It parses
// nothing after the handshake: all messages have one size, so a division tells how many a read has completed.

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const payload = payloadOf(workload);
const incomingBytes = repeatedFrame(payload, 1, true).length;
const outgoing = repeatedFrame(payload, workload.inFlight, false);
const outgoingBytes = outgoing.length / workload.inFlight;
/** By the number of frames. */
const answers: readonly Buffer[] = Array.from({ length: workload.inFlight + 1 }, (_, count) =>
  outgoing.subarray(0, count * outgoingBytes),
);

const sockets: Socket[] = [];

function accept(socket: Socket, request: Buffer): void {
  const key = /^sec-websocket-key: *(\S+)/im.exec(request.toString("latin1"))?.[1] ?? "";
  const accepted = createHash("sha1").update(key).update(GUID).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Accept: ${accepted}\r\n\r\n`,
  );
  sockets.push(socket);
  const hears = workload.kind === "fan" ? sockets : [socket];
  let pendingBytes = 0;
  socket.on("data", (chunk: Buffer) => {
    pendingBytes += chunk.length;
    const count = Math.floor(pendingBytes / incomingBytes);
    if (count === 0) return;
    pendingBytes -= count * incomingBytes;
    for (const one of hears) one.write(answers[count]);
  });
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  // The load sends nothing behind its request until it has the answer.
  socket.once("data", (request: Buffer) => accept(socket, request));
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () =>
  announce((server.address() as AddressInfo).port),
);
