import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { certificate, key } from "../serve/certificate.ts";

export interface TestProxyOptions {
  readonly tls?: boolean;
  /** What Proxy-Authorization must say; else 407. */
  readonly authorization?: string;
}

/** An HTTP proxy on loopback, where every name leads to loopback too. */
export class TestProxy {
  readonly url: string;
  /** The heads of all requests. */
  readonly heads: string[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static start({ tls = false, authorization }: TestProxyOptions = {}): Promise<TestProxy> {
    const server = tls ? createTlsServer({ cert: certificate, key }) : createServer();
    return new Promise((resolve, reject) => {
      server.on("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo;
        const proxy = new TestProxy(server, `${tls ? "https" : "http"}://127.0.0.1:${port}`);
        server.on("connection", (socket: Socket) => proxy.#track(socket));
        server.on(tls ? "secureConnection" : "connection", (socket: Socket) =>
          proxy.#serve(socket, authorization),
        );
        resolve(proxy);
      });
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
  }

  #serve(client: Socket, authorization: string | undefined): void {
    let head = "";
    client.on("error", () => {});
    const onData = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      client.off("data", onData);
      this.heads.push(head);
      if (authorization !== undefined && !head.includes(`Proxy-Authorization: ${authorization}\r\n`)) {
        client.end("HTTP/1.1 407 Who are you?\r\nProxy-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nwho?");
        return;
      }
      const port = Number(/^CONNECT \S+:(\d+) HTTP\/1\.1\r\n/.exec(head)?.[1]);
      this.#lead(client, port);
    };
    client.on("data", onData);
  }

  #lead(client: Socket, port: number): void {
    const server = connect(port, "127.0.0.1");
    this.#track(server);
    server.on("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(server).pipe(client);
    });
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  }
}
