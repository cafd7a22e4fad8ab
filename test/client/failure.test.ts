import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type DialHandler, type DialOptions, dial } from "wirehall/node";
import { manualClock } from "wirehall/testing";
import { opcodes } from "../support/raw-frames.ts";
import { failureOf } from "./failure.ts";
import { TestProxy } from "./proxy-server.ts";
import { type RawPeer, RawServer } from "./server.ts";

describe("a dial that comes to nothing leaves no connection", () => {
  let server: RawServer;
  before(async () => {
    server = await RawServer.start();
  });
  after(() => server.stop());

  test("a refusal", async () => {
    const dialed = dial(server.url, {});
    const peer = await server.peer();
    await peer.request();
    peer.socket.write("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy");
    const error = await failureOf(dialed);
    assert.equal(error.code, "REFUSED");
    assert.deepEqual([error.response?.status, error.response?.headers.get("retry-after")], [503, "7"]);
    assert.equal(await error.response?.text(), "busy");
    await peer.ended();
  });

  test("an answer of a megabyte without an end", async () => {
    const dialed = dial(server.url, {});
    const peer = await server.peer();
    await peer.request();
    peer.socket.write(`HTTP/1.1 101 x\r\n${"X-Fill: 0123456789\r\n".repeat(52_429)}`);
    assert.equal((await failureOf(dialed)).code, "BAD_HANDSHAKE");
    await peer.ended();
  });

  test("garbage", async () => {
    const dialed = dial(server.url, {});
    const peer = await server.peer();
    peer.socket.write(Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) & 0xff));
    assert.equal((await failureOf(dialed)).code, "BAD_HANDSHAKE");
    await peer.ended();
  });

  const unasked: readonly (readonly [what: string, lines: readonly string[], message: RegExp])[] = [
    [
      "a subprotocol that nobody asked for",
      ["Sec-WebSocket-Protocol: v1"],
      /subprotocol "v1", which was not offered/,
    ],
    ["an extension that nobody asked for", ["Sec-WebSocket-Extensions: permessage-deflate"], /not offered/],
    ["a second Sec-WebSocket-Accept", ["Sec-WebSocket-Accept: x"], /Sec-WebSocket-Accept does not answer/],
  ];
  for (const [what, lines, message] of unasked) {
    test(`an acceptance with ${what}`, async () => {
      const dialed = dial(server.url, {});
      const peer = await server.peer();
      await peer.accept(lines, [{ opcode: opcodes.text, payload: "too soon" }]);
      const error = await failureOf(dialed);
      assert.equal(error.code, "BAD_HANDSHAKE");
      assert.match(error.message, message);
      await peer.ended();
    });
  }

  test("an acceptance of another key", async () => {
    const dialed = dial(server.url, {});
    const peer = await server.peer();
    await peer.request();
    const lines = [
      "HTTP/1.1 101 x",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: AAAA",
      "",
      "",
    ];
    peer.socket.write(lines.join("\r\n"));
    const error = await failureOf(dialed);
    assert.equal(error.code, "BAD_HANDSHAKE");
    assert.equal(error.message, "Sec-WebSocket-Accept does not answer the key that was sent");
    await peer.ended();
  });

  test("an answer that comes a byte at a time, and not in time", async () => {
    const clock = manualClock();
    const dialed = dial(server.url, {}, { clock, handshakeTimeoutMs: 1000 });
    const peer = await server.peer();
    await peer.request();
    for (const byte of "HTTP/1.1 101 Sw") {
      peer.socket.write(byte);
      clock.advance(50);
    }
    clock.advance(250);
    const error = await failureOf(dialed);
    assert.equal(error.code, "DIAL_TIMEOUT");
    assert.match(
      error.message,
      /after 1000 ms \(handshakeTimeoutMs\), for want of an answer of 127\.0\.0\.1:\d+$/,
    );
    await peer.ended();
  });

  test("a refusal whose body never ends: what came of it in time", async () => {
    const clock = manualClock();
    const dialed = dial(server.url, {}, { clock, handshakeTimeoutMs: 10 ** 9 });
    const peer = await server.peer();
    await peer.request();
    peer.socket.write("HTTP/1.1 500 x\r\n\r\nit began");
    const error = failureOf(dialed);
    // Once it waits for more, time can pass.
    while (peer.socket.end === undefined) {
      clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal((await error).code, "REFUSED");
    assert.equal(await (await error).response?.text(), "it began");
  });

  for (const leave of ["finish", "reset"] as const) {
    test(`a server that is gone half-way through its answer, by ${leave}`, async () => {
      const dialed = dial(server.url, {});
      const peer = await server.peer();
      await peer.request();
      peer.socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgr");
      peer.socket[leave]();
      assert.equal((await failureOf(dialed)).code, "DIAL_FAILED");
      await peer.ended();
    });
  }

  test("silence", async () => {
    const clock = manualClock();
    const dialed = dial(server.url, {}, { clock, handshakeTimeoutMs: 700 });
    const peer = await server.peer();
    await peer.request();
    clock.advance(700);
    assert.equal((await failureOf(dialed)).code, "DIAL_TIMEOUT");
    await peer.ended();
  });

  test("an abort while the server is silent", async () => {
    const controller = new AbortController();
    const dialed = dial(server.url, {}, { signal: controller.signal });
    const peer = await server.peer();
    await peer.request();
    controller.abort();
    await assert.rejects(dialed, { name: "AbortError" });
    await peer.ended();
  });

  test("an abort before TCP has connected", async () => {
    const controller = new AbortController();
    const dialed = dial(server.url, {}, { signal: controller.signal });
    controller.abort(new Error("changed my mind"));
    await assert.rejects(dialed, /changed my mind/);
    await assert.rejects(dial(server.url, {}, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  test("a port at which nobody listens", async () => {
    const gone = await RawServer.start();
    await gone.stop();
    const error = await failureOf(dial(gone.url, {}));
    assert.equal(error.code, "DIAL_FAILED");
    assert.match(error.message, /^can't connect to 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    assert.equal((error.cause as { code?: string }).code, "ECONNREFUSED");
  });

  test("a name that there is not", async () => {
    const error = await failureOf(dial("ws://wirehall.invalid/", {}));
    assert.equal(error.code, "DIAL_FAILED");
    assert.match(error.message, /wirehall\.invalid/);
  });

  test("options and hooks that are none", async () => {
    const bad: readonly (readonly [options: object, message: RegExp])[] = [
      [{ protocols: ["a"] }, /unknown option "protocols": dial takes subprotocols, headers/],
      [{ subprotocols: ["a b"] }, /subprotocols/],
      [{ handshakeTimeoutMs: 0 }, /handshakeTimeoutMs is 0: it must be a whole number from 1 up/],
      [{ maxMessageBytes: -1 }, /maxMessageBytes is -1/],
      [{ compression: { level: 9 } }, /compression\.level/],
      [{ tls: { pfx: "" } }, /unknown option "pfx": tls takes ca, cert, key/],
      [{ tls: "yes" }, /tls/],
      [{ tls: { rejectUnauthorized: 0 } }, /tls\.rejectUnauthorized is 0/],
      [{ tls: { ca: 7 } }, /tls\.ca must be a PEM text, or a list of them/],
      [{ tls: { ca: ["", 7] } }, /tls\.ca must be/],
      [{ tls: { key: 7 } }, /tls\.key must be a text/],
      [{ maxRedirects: -1 }, /maxRedirects is -1: it must be a whole number from 0 up/],
      [{ maxRedirects: true }, /maxRedirects is true/],
      [{ proxy: 7 }, /proxy must be the URL/],
      [{ origin: 7 }, /origin is 7/],
      [{ signal: {} }, /signal/],
    ];
    for (const [options, message] of bad) {
      await assert.rejects(dial(server.url, {}, options as DialOptions), { code: "INVALID_OPTION", message });
    }
    await assert.rejects(dial(server.url, {}, { headers: { "a b": "c" } }), { code: "INVALID_HEADER" });
    await assert.rejects(dial(server.url, {}, { headers: { host: "x" } }), { code: "INVALID_HEADER" });
    await assert.rejects(dial("ws://h/#x", {}), { code: "INVALID_ARGUMENT" });
    for (const handler of [undefined, { open() {} }, { message: "echo" }]) {
      await assert.rejects(dial(server.url, handler as DialHandler), {
        code: "INVALID_OPTION",
        message: /hooks (are )?message, drain, pong, close, error/,
      });
    }
  });
});

test("no descriptor is left of dials, whatever came of them", async () => {
  const before = descriptors();
  const [proxy, plain, secure, distrusted] = await Promise.all([
    TestProxy.start(),
    RawServer.start(),
    RawServer.start({ tls: true }),
    RawServer.start({ tls: true, allowHalfOpen: false }),
  ]);
  const tls = { rejectUnauthorized: false };
  for (let count = 0; count < 30; count++) {
    await visit(plain, {}, (peer) => peer.socket.write("HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"));
    await visit(plain, {}, (peer) => peer.socket.write("nonsense"));
    await visit(plain, {}, (peer) => peer.socket.finish());
    await visit(plain, {}, (peer) => peer.socket.reset());
    await visit(plain, {}, async (peer) => {
      await peer.accept([], [{ opcode: opcodes.close }]);
      peer.socket.finish();
    });
    await visit(secure, { tls }, (peer) => peer.socket.finish());
    await visit(plain, { proxy: proxy.url }, (peer) => peer.socket.write("nonsense"));
    await visit(secure, { proxy: proxy.url, tls }, (peer) => peer.socket.write("nonsense"));
    await visit(plain, { proxy: plain.url.replace("ws:", "http:") }, (peer) => peer.socket.write("nonsense"));
    await visit(plain, { maxRedirects: 1 }, async (peer) => {
      peer.socket.write("HTTP/1.1 302 x\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
      const next = await plain.peer();
      next.socket.write("nonsense");
      await next.ended();
      next.socket.destroy();
    });
    await assert.rejects(dial(distrusted.url, {}), { code: "DIAL_FAILED" });
    await assert.rejects(dial(distrusted.url, {}, { proxy: proxy.url }), { code: "DIAL_FAILED" });
  }
  // Twelve kinds, thirty times each; the servers and the runtime itself have some.
  while (descriptors() > before + 20) await new Promise((resolve) => setTimeout(resolve, 0));
  await Promise.all([proxy.stop(), plain.stop(), secure.stop(), distrusted.stop()]);
});

function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Dials, and waits until the client has ended what came of it. */
async function visit(
  server: RawServer,
  options: DialOptions,
  answer: (peer: RawPeer) => unknown,
): Promise<void> {
  const dialed = dial(server.url, {}, options).then(
    (connection) => connection.closed,
    () => {},
  );
  const peer = await server.peer();
  await answer(peer);
  await Promise.all([dialed, peer.ended()]);
  peer.socket.destroy();
}
