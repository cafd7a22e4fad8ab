import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { CloseEnd } from "wirehall";
import { TestProxy, type TestProxyOptions } from "../client/proxy-server.ts";
import { type RawPeer, RawServer } from "../client/server.ts";
import { certificate } from "../serve/certificate.ts";
import { closePayload, opcodes } from "../support/raw-frames.ts";
import { startWorker, type TestWorker } from "../support/worker.ts";

const { text, binary, close, ping, pong } = opcodes;

interface Outcome {
  readonly url?: string;
  readonly subprotocol?: string;
  readonly served?: string | null;
  readonly heard?: unknown[];
  readonly told?: unknown;
  readonly end?: CloseEnd;
  readonly code?: string;
  readonly name?: string;
  readonly message?: string;
  readonly status?: number;
  readonly body?: string;
}

describe("dial inside a Worker", () => {
  let worker: TestWorker;
  let server: RawServer;
  let secure: RawServer;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wirehall-ca-"));
    const file = join(folder, "ca.pem");
    writeFileSync(file, certificate);
    process.env.NODE_EXTRA_CA_CERTS = file;
    [server, secure, worker] = await Promise.all([
      RawServer.start(),
      RawServer.start({ tls: true }),
      startWorker(join(import.meta.dirname, "dialing.ts")),
    ]);
  });
  after(async () => {
    await Promise.all([server?.stop(), secure?.stop(), worker?.stop()]);
    rmSync(folder, { recursive: true });
  });

  async function dials(url: string, options: object = {}, script = "wait"): Promise<Outcome> {
    const response = await worker.ask({ url, options: JSON.stringify(options), script });
    return (await response.json()) as Outcome;
  }

  /** The server's end of a connection that is open. */
  async function accepted(from = server, more: readonly string[] = []): Promise<RawPeer> {
    const peer = await from.peer();
    await peer.accept(more);
    return peer;
  }

  async function finish(peer: RawPeer, code = 1000): Promise<void> {
    peer.send({ opcode: close, payload: closePayload(code) });
    assert.match(await peer.next(), /^close masked /);
    peer.socket.finish();
    await peer.ended();
  }

  test("messages go both ways, and the closing handshake ends TCP", async () => {
    const outcome = dials(`${server.url}a?b`, { subprotocols: ["v1"], headers: { cookie: "a=1" } });
    const peer = await server.peer();
    const head = await peer.accept(
      ["Sec-WebSocket-Protocol: v1", "X-Served-By: raw"],
      [{ opcode: text, payload: "with the 101" }],
    );
    assert.match(head, /^GET \/a\?b HTTP\/1\.1\r\n/);
    assert.match(head, /^cookie: a=1\r$/m);
    peer.send({ opcode: text, payload: "echo" }, { opcode: ping, payload: "p" });
    const frames = [await peer.next(), await peer.next()];
    assert.deepEqual(frames.sort(), ['pong masked of 1 bytes "p"', 'text masked of 4 bytes "echo"']);
    await finish(peer, 4002);
    assert.deepEqual(await outcome, {
      url: `${server.url}a?b`,
      subprotocol: "v1",
      served: "raw",
      heard: ["with the 101", "echo"],
      end: { code: 4002, reason: "", wasClean: true },
    });
  });

  test("an address of IPv6 is reached", async (t) => {
    const own = await RawServer.start({ host: "::1" });
    t.after(() => own.stop());
    const outcome = dials(own.url);
    await finish(await accepted(own));
    assert.equal((await outcome).end?.wasClean, true);
  });

  test("a megabyte goes each way as it is, in frames of all sizes", async () => {
    const outcome = dials(server.url, {}, "megabyte");
    const peer = await accepted();
    const { payload, masked } = await peer.frame();
    assert.equal(masked, true);
    const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 31) ^ (index >> 8));
    assert.ok(payload.equals(bytes), "the megabyte came changed");
    const digest = [...createHash("sha256").update(bytes).digest().subarray(0, 4)].join(".");
    peer.send(
      { opcode: binary, payload: bytes },
      { opcode: binary, payload: bytes.subarray(0, 70_000), fin: false },
      { opcode: opcodes.continuation, payload: bytes.subarray(70_000) },
    );
    await finish(peer);
    assert.deepEqual((await outcome).heard, [`1048576 bytes ${digest}`, `1048576 bytes ${digest}`]);
  });

  test("send tells when output backs up, and what waits leaves in order", async () => {
    const outcome = dials(server.url, {}, "flood");
    const peer = await accepted();
    let pieces = 0;
    let frame = await peer.frame();
    for (; frame.opcode === binary; frame = await peer.frame()) {
      assert.equal(frame.payload.length, 64 * 1024);
      pieces++;
    }
    assert.equal(frame.payload.toString(), `${pieces}`);
    assert.equal(await peer.next(), 'close masked of 0 bytes ""');
    peer.send({ opcode: close });
    peer.socket.finish();
    assert.deepEqual((await outcome).told, { isBuffered: true, isDrained: true });
  });

  test("reading pauses while a message is being handled, and nothing is lost", async () => {
    const outcome = dials(server.url, { slow: true, maxQueuedMessages: 10 });
    const peer = await accepted();
    const sent = Array.from({ length: 2000 }, (_, index) => `${index} `.padEnd(400));
    peer.send(...sent.map((payload) => ({ opcode: text, payload })));
    peer.send({ opcode: close, payload: closePayload(1000) });
    await peer.next();
    peer.socket.finish();
    assert.deepEqual((await outcome).heard, sent);
  });

  test("pings are sent, and pongs are told", async () => {
    const outcome = dials(server.url, {}, "ping");
    const peer = await accepted();
    assert.equal(await peer.next(), 'ping masked of 6 bytes "there?"');
    peer.send({ opcode: pong, payload: "there?" });
    await finish(peer);
    assert.deepEqual((await outcome).heard, ["pong there?"]);
  });

  test("closes first: the server's answer and FIN end it; a server that gives none is dropped", async () => {
    const outcome = dials(server.url, {}, "close");
    const peer = await accepted();
    assert.equal(await peer.next(), 'close masked of 5 bytes 4001 "off"');
    peer.send({ opcode: close, payload: closePayload(4001, "off") });
    assert.equal(peer.socket.end, undefined);
    peer.socket.finish();
    assert.equal(await peer.ended(), "fin");
    assert.deepEqual((await outcome).end, { code: 4001, reason: "off", wasClean: true });
    const other = dials(server.url, { closeTimeoutMs: 50 }, "close");
    const silent = await accepted();
    await silent.next();
    assert.deepEqual((await other).end, { code: 4001, reason: "off", wasClean: false });
    await silent.ended();
  });

  test("terminate drops the connection without a close frame", async () => {
    const outcome = dials(server.url, {}, "terminate");
    const peer = await accepted();
    await peer.ended();
    assert.equal(peer.socket.received.length, 0);
    assert.deepEqual((await outcome).end, { code: 1006, reason: "", wasClean: false });
  });

  test("a server that is gone without a close frame ends with 1006, by FIN and by reset", async () => {
    for (const leave of ["finish", "reset"] as const) {
      const outcome = dials(server.url);
      const peer = await accepted();
      peer.socket[leave]();
      assert.deepEqual((await outcome).end, { code: 1006, reason: "", wasClean: false }, leave);
      await peer.ended();
    }
  });

  test("a masked frame closes with 1002", async () => {
    const outcome = dials(server.url);
    const peer = await accepted();
    peer.send({ opcode: text, payload: "x", mask: Uint8Array.of(1, 2, 3, 4) });
    assert.match(await peer.next(), /^close masked of \d+ bytes 1002 /);
    peer.socket.finish();
    assert.equal((await outcome).end?.code, 1002);
  });

  test("a silent server is pinged, and then dropped", async () => {
    const outcome = dials(server.url, { pingIntervalMs: 50 });
    const peer = await accepted();
    assert.match(await peer.next(), /^ping masked /);
    assert.equal((await outcome).end?.code, 1006);
    await peer.ended();
  });

  const failures = [
    ["HTTP/1.1 401 Who?\r\nContent-Length: 4\r\n\r\nwho?", "REFUSED", /answered 401/],
    ["\x16\x03\x01 nonsense", "BAD_HANDSHAKE", /does not begin with HTTP/],
    [
      `HTTP/1.1 101 x\r\n${"X-Fill: 0123456789\r\n".repeat(52_429)}`,
      "BAD_HANDSHAKE",
      /not ended after 16384/,
    ],
    ["HTTP/1.1 302 x\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "REFUSED", /maxRedirects is 0/],
  ] as const;
  for (const [bytes, code, message] of failures) {
    test(`an answer that is none: ${JSON.stringify(bytes.slice(0, 18))}`, async () => {
      const outcome = dials(server.url);
      const peer = await server.peer();
      await peer.request();
      peer.socket.write(Buffer.from(bytes, "latin1"));
      const told = await outcome;
      assert.equal(told.code, code);
      assert.match(told.message as string, message);
      if (bytes.includes("401")) assert.deepEqual([told.status, told.body], [401, "who?"]);
      await peer.ended();
    });
  }

  test("a server that is gone in the handshake, and one that is down", async () => {
    for (const leave of ["finish", "reset"] as const) {
      const outcome = dials(server.url);
      const peer = await server.peer();
      await peer.request();
      peer.socket.write("HTTP/1.1 101 Switch");
      peer.socket[leave]();
      assert.equal((await outcome).code, "DIAL_FAILED");
      await peer.ended();
    }
    const gone = await RawServer.start();
    await gone.stop();
    for (const url of [gone.url, gone.url.replace("ws:", "wss:")]) {
      const { code, message } = await dials(url);
      assert.equal(code, "DIAL_FAILED");
      assert.match(message as string, /^can't connect to 127\.0\.0\.1:\d+: /);
    }
  });

  test("a server that is silent: time and an abort end it", async () => {
    const timedOut = dials(server.url, { handshakeTimeoutMs: 50 });
    await (await server.peer()).ended();
    assert.equal((await timedOut).code, "DIAL_TIMEOUT");
    const aborted = dials(server.url, { abortMs: 50 });
    await (await server.peer()).ended();
    assert.equal((await aborted).name, "TimeoutError");
    const tls = dials(server.url.replace("ws:", "wss:"), { handshakeTimeoutMs: 50 });
    await (await server.peer()).ended();
    assert.equal((await tls).code, "DIAL_TIMEOUT");
  });

  const endings: Readonly<Record<string, (peer: RawPeer) => unknown>> = {
    refusal: (peer) => peer.socket.write("HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"),
    nonsense: (peer) => peer.socket.write("nonsense"),
    "half an answer": (peer) => peer.socket.write("HTTP/1.1 101 Switch"),
    "an answer of no end": (peer) => peer.socket.write(`HTTP/1.1 200 x\r\n\r\n${"x".repeat(200_000)}`),
    "a TCP that ends": (peer) => peer.socket.finish(),
  };
  for (const [name, answer] of Object.entries(endings)) {
    test(`leaves no connection while its request lives on: ${name}`, async () => {
      const outcome = dials(server.url, { first: server.url, handshakeTimeoutMs: 500 });
      const first = await server.peer();
      await first.request();
      answer(first);
      const second = await accepted();
      await first.ended();
      await finish(second);
      assert.equal((await outcome).end?.wasClean, true);
    });
  }

  test("given up in the middle of TLS it leaves a connection as long as its request lives, and no longer", async () => {
    const first = server.url.replace("ws:", "wss:");
    const outcome = dials(server.url, { first, abortMs: 200 });
    const dropped = await server.peer();
    await finish(await accepted());
    assert.equal((await outcome).end?.wasClean, true);
    await dropped.ended();
  });

  test("redirections are followed", async () => {
    const outcome = dials(server.url, { maxRedirects: 1 });
    const first = await server.peer();
    await first.request();
    first.socket.write("HTTP/1.1 302 x\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n");
    await first.ended();
    await finish(await accepted());
    assert.equal((await outcome).url, `${server.url}next`);
  });

  for (const [host, options, isTrusted] of [
    ["127.0.0.1", {}, true],
    ["localhost", {}, true],
    ["127.0.0.1", { tls: { servername: "localhost" } }, true],
    ["127.0.0.1", { tls: { servername: "example.com" } }, false],
    ["127.0.0.2", {}, false],
  ] as const) {
    test(`wss: ${isTrusted ? "takes" : "refuses"} the certificate for ${host} ${JSON.stringify(options)}`, async (t) => {
      const own = await RawServer.start({ tls: true });
      t.after(() => own.stop());
      // 127.0.0.2 leads to the server by the proxy alone.
      const proxy = host === "127.0.0.2" ? await startProxy(t) : undefined;
      const outcome = dials(own.url.replace("127.0.0.1", host), { proxy, ...options });
      if (isTrusted) await finish(await accepted(own));
      const { code, end } = await outcome;
      assert.deepEqual([code, end?.wasClean], isTrusted ? [undefined, true] : ["DIAL_FAILED", undefined]);
    });
  }

  async function startProxy(t: TestContext, options: TestProxyOptions = {}): Promise<string> {
    const proxy = await TestProxy.start(options);
    t.after(() => proxy.stop());
    return proxy.url;
  }

  for (const [from, to, tls] of [
    ["ws:", "http:", false],
    ["wss:", "http:", false],
    ["ws:", "https:", true],
  ] as const) {
    test(`goes from ${from} through a proxy by ${to}`, async (t) => {
      const proxy = await startProxy(t, { tls });
      const end = from === "ws:" ? server : secure;
      const url = end.url.replace("127.0.0.1", "localhost");
      const outcome = dials(url, { proxy });
      await finish(await accepted(end));
      const { url: told, end: ended } = await outcome;
      assert.deepEqual([told, ended?.wasClean], [url, true]);
    });
  }

  test("tells what a proxy answers", async (t) => {
    const proxy = await startProxy(t, { authorization: "Basic other" });
    const { code, status, body } = await dials(server.url, { proxy: proxy.replace("//", "//me:pw@") });
    assert.deepEqual([code, status, body], ["PROXY_REFUSED", 407, "who?"]);
  });

  test("what the platform can't do is a capability with a name", async () => {
    for (const [name, options] of [
      ["tlsTrust", { tls: { ca: certificate } }],
      ["tlsTrust", { tls: { rejectUnauthorized: false } }],
      ["clientCertificate", { tls: { cert: certificate, key: "" } }],
      ["tlsInTls", { proxy: "https://127.0.0.1:1" }],
    ] as const) {
      const { code, message } = await dials(secure.url, options);
      assert.equal(code, "CAPABILITY");
      assert.ok(message?.startsWith(`"${name}" is not available to dial on this runtime: `), message);
    }
  });
});
