import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { certificate, key } from "../serve/certificate.ts";
import {
  decodeFrame,
  describeFrame,
  encodeFrame,
  type Frame,
  type FrameToSend,
} from "../support/raw-frames.ts";
import { RawSocket } from "../support/raw-socket.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A server on loopback that does nothing by itself: a test says what each connection gets. */
export class RawServer {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: PromiseWithResolvers<RawPeer>[] = [];
  readonly #peers: RawPeer[] = [];

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** Where `allowHalfOpen` is false it answers a FIN by itself. */
  static start({
    tls = false,
    allowHalfOpen = true,
    host = "127.0.0.1",
    asksCertificate = false,
  } = {}): Promise<RawServer> {
    const server = tls
      ? createTlsServer({
          cert: certificate,
          key,
          allowHalfOpen,
          ALPNProtocols: ["http/1.1"],
          ...(asksCertificate && { requestCert: true, ca: certificate }),
        })
      : createServer({ allowHalfOpen });
    return new Promise((resolve, reject) => {
      server.on("error", reject);
      server.listen(0, host, () => {
        const { port } = server.address() as AddressInfo;
        const started = new RawServer(
          server,
          `${tls ? "wss" : "ws"}://${host.includes(":") ? `[${host}]` : host}:${port}/`,
        );
        server.on("connection", (socket: Socket) => started.#track(socket));
        server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
        server.on(tls ? "secureConnection" : "connection", (socket: Socket) => started.#connected(socket));
        resolve(started);
      });
    });
  }

  /** The next connection. */
  peer(): Promise<RawPeer> {
    const peer = this.#peers.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    const waiting = Promise.withResolvers<RawPeer>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Also those on which TLS fails. */
  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #connected(socket: Socket): void {
    const peer = new RawPeer(RawSocket.over(socket));
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#peers.push(peer);
    else waiting.resolve(peer);
  }
}

/** The server's end of one connection: bytes as the test wants them. */
export class RawPeer {
  readonly socket: RawSocket;

  constructor(socket: RawSocket) {
    this.socket = socket;
  }

  /** The head of the request, with its last empty line. */
  async request(): Promise<string> {
    const { socket } = this;
    const end = await socket.wait(
      () => {
        const at = socket.received.indexOf("\r\n\r\n");
        return at === -1 ? undefined : at + 4;
      },
      () => "a request",
    );
    const head = socket.received.toString("latin1", 0, end);
    socket.received = socket.received.subarray(end);
    return head;
  }

  /** Accepts the upgrade; `more` are lines of the head, `behind` follows it in the same write. */
  async accept(more: readonly string[] = [], behind: readonly FrameToSend[] = []): Promise<string> {
    const request = await this.request();
    const asked = /^sec-websocket-key: (.*)$/im.exec(request)?.[1] ?? "";
    const answer = createHash("sha1")
      .update(asked + guid)
      .digest("base64");
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${answer}`,
      ...more,
    ];
    this.socket.write(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), framesOf(behind)]));
    return request;
  }

  /** Sends frames in one write, unmasked where they do not say otherwise. */
  send(...frames: readonly FrameToSend[]): void {
    this.socket.write(framesOf(frames));
  }

  /** The next frame, unmasked. */
  async frame(): Promise<Frame> {
    const { socket } = this;
    const { frame, size } = await socket.wait(
      () => decodeFrame(socket.received),
      () => `a frame, with ${socket.received.length} bytes of it`,
    );
    const { payload } = frame;
    const keyAt = size - payload.length - 4;
    for (let at = 0; frame.masked && at < payload.length; at++)
      payload[at] ^= socket.received[keyAt + (at & 3)];
    socket.received = socket.received.subarray(size);
    return frame;
  }

  /** The next frame in one line, which says that it is masked. */
  async next(): Promise<string> {
    return describeFrame(await this.frame());
  }

  /** How the client ended its side of the stream. */
  ended(): Promise<"fin" | "reset"> {
    return this.socket.wait(
      () => this.socket.end,
      () => "the end of TCP",
    );
  }
}

function framesOf(frames: readonly FrameToSend[]): Buffer {
  return Buffer.concat(frames.map((frame) => encodeFrame({ mask: false, ...frame })));
}
