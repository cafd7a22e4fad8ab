import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { type LogEntry, type RefusalReason, websocket } from "wirehall";
import { type AttachOptions, attach, serve } from "wirehall/node";
import { certificate, key } from "./certificate.ts";
import { open } from "./program.ts";

/** A sink that keeps the reasons of refusals, and tells of each. */
function counter() {
  const refusals: RefusalReason[] = [];
  let told = Promise.withResolvers<void>();
  return {
    refusals,
    metrics: {
      refused(reason: RefusalReason) {
        refusals.push(reason);
        told.resolve();
      },
    },
    async next() {
      await told.promise;
      told = Promise.withResolvers<void>();
    },
  };
}

async function attached(options: AttachOptions, server: Server = createServer()): Promise<Server> {
  attach(server, options);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Asks for an upgrade, and reads nothing. */
function ask(port: number, more = ""): Socket {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => {});
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${more}` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  return socket;
}

async function firstLine(socket: Socket): Promise<string> {
  const [data] = await once(socket, "data");
  return String(data).split("\r\n")[0];
}

const echo = websocket({ message: (connection, data) => connection.send(data) });

test("attach keeps its limits on a server that has wider ones, and the server's plain requests are its own", async () => {
  const { metrics, refusals } = counter();
  const entries: LogEntry[] = [];
  const plain = createServer((_request, response) => response.end("plain"));
  const limits = { maxConnections: 1, maxHeaderBytes: 1_000 };
  const server = await attached({ fetch: echo, limits, metrics, log: (entry) => entries.push(entry) }, plain);
  const long = `X-Long: ${"h".repeat(2_000)}\r\n`;
  try {
    assert.match(await firstLine(ask(portOf(server), long)), /^HTTP\/1\.1 431 /);
    const url = `http://127.0.0.1:${portOf(server)}`;
    const client = await open(url);
    assert.match(await firstLine(ask(portOf(server))), /^HTTP\/1\.1 503 /);
    assert.equal(await (await fetch(url, { headers: { "x-long": "h".repeat(2_000) } })).text(), "plain");
    client.terminate();
    assert.deepEqual(refusals, ["header-bytes", "connections"]);
    assert.deepEqual(
      entries.map(({ reason, address }) => [reason, address]),
      refusals.map((reason) => [reason, "127.0.0.1"]),
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("a refusal that its client does not read is cut when the handshake's time is over", async () => {
  const chunk = new Uint8Array(64 * 1024);
  const endless = () =>
    new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }), { status: 403 });
  const entries: LogEntry[] = [];
  const server = createServer();
  const accepted = once(server, "connection");
  await attached(
    { fetch: endless, limits: { handshakeTimeoutMs: 100 }, log: (entry) => entries.push(entry) },
    server,
  );
  const client = ask(portOf(server));
  try {
    const [stream] = (await accepted) as [Socket];
    await once(stream, "close");
    assert.deepEqual(entries, []);
  } finally {
    client.destroy();
    server.close();
  }
});

test("what cannot be read as a request is refused, and only what a limit is for is counted", async () => {
  const { metrics, refusals } = counter();
  const server = serve({ fetch: echo, hostname: "127.0.0.1", port: 0, metrics, log() {}, onListen() {} });
  const { port } = await server.ready;
  const answerTo = async (text: string) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    socket.write(text);
    const line = await firstLine(socket);
    await once(socket.resume(), "close");
    return line;
  };
  try {
    assert.match(await answerTo("no request at all\r\n\r\n"), /^HTTP\/1\.1 400 /);
    assert.match(
      await answerTo(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${"h".repeat(20_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 /,
    );
    assert.deepEqual(refusals, ["header-bytes"]);
  } finally {
    await server.shutdown();
  }
});

test("a client that does not begin with TLS is dropped in time, and counted", async () => {
  const { metrics, refusals, next } = counter();
  const server = serve({
    fetch: echo,
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: certificate, key },
    limits: { handshakeTimeoutMs: 100 },
    metrics,
    log() {},
    onListen() {},
  });
  const { port } = await server.ready;
  const silent = connect({ host: "127.0.0.1", port });
  silent.on("error", () => {});
  try {
    const closed = once(silent.resume(), "close");
    await next();
    await closed;
    assert.deepEqual(refusals, ["handshake-time"]);
  } finally {
    silent.destroy();
    await server.shutdown();
  }
});

test("what serve and attach do not know throws", () => {
  const options = { fetch: echo, limit: {} } as AttachOptions;
  assert.throws(() => attach(createServer(), options), {
    code: "INVALID_OPTION",
    message: /unknown option "limit"/,
  });
  assert.throws(() => serve(options), { code: "INVALID_OPTION" });
  for (const wrong of [{ limits: { maxConections: 1 } }, { limits: 7 }, { metrics: 7 }, { log: "console" }]) {
    assert.throws(() => attach(createServer(), { fetch: echo, ...wrong } as AttachOptions), {
      code: "INVALID_OPTION",
    });
    assert.throws(() => serve({ fetch: echo, ...wrong } as AttachOptions), { code: "INVALID_OPTION" });
  }
});
