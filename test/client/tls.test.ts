import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DialError, dial } from "wirehall/node";
import { manualClock } from "wirehall/testing";
import { certificate as ca, key } from "../serve/certificate.ts";
import { RawServer } from "./server.ts";

describe("wss", () => {
  let server: RawServer;
  before(async () => {
    server = await RawServer.start({ tls: true });
  });
  after(() => server.stop());

  const trusts = [
    ["a certificate that ca names", "127.0.0.1", { ca }],
    ["a list of them", "127.0.0.1", { ca: [ca] }],
    ["the name in the certificate", "localhost", { ca }],
    ["any certificate, if told so", "127.0.0.1", { rejectUnauthorized: false }],
    ["the name that servername says", "127.0.0.1", { ca, servername: "localhost" }],
  ] as const;
  for (const [what, host, tls] of trusts) {
    test(`takes ${what}`, async () => {
      const echoed = Promise.withResolvers<unknown>();
      const url = server.url.replace("127.0.0.1", host);
      const dialed = dial(url, { message: (_, data) => echoed.resolve(data) }, { tls });
      const peer = await server.peer();
      await peer.accept([], [{ opcode: 1, payload: "behind the 101" }]);
      const connection = await dialed;
      assert.equal(await echoed.promise, "behind the 101");
      connection.send("secret");
      assert.equal(await peer.next(), 'text masked of 6 bytes "secret"');
      connection.close();
      await peer.next();
      peer.send({ opcode: 8 });
      assert.equal((await connection.closed).wasClean, true);
      peer.socket.finish();
      await peer.ended();
    });
  }

  test("shows our certificate to a server that asks for one, and fails without", async () => {
    const strict = await RawServer.start({ tls: true, asksCertificate: true });
    try {
      const dialed = dial(strict.url, {}, { tls: { ca, cert: ca, key } });
      const peer = await strict.peer();
      await peer.accept();
      (await dialed).terminate();
      await peer.ended();
      await assert.rejects(dial(strict.url, {}, { tls: { ca } }), { code: "DIAL_FAILED" });
    } finally {
      await strict.stop();
    }
  });

  const distrusts = [
    ["a certificate that nobody vouches for", {}],
    ["one of another name", { ca, servername: "example.com" }],
  ] as const;
  for (const [what, tls] of distrusts) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(dial(server.url, {}, { tls }), (error: DialError) => {
        assert.ok(error instanceof DialError);
        assert.equal(error.code, "DIAL_FAILED");
        assert.match(error.message, /^can't connect to 127\.0\.0\.1:\d+: /);
        return true;
      });
    });
  }

  test("is given up while the server says nothing to TLS, and leaves no connection", async () => {
    const silent = await RawServer.start();
    try {
      const controller = new AbortController();
      const clock = manualClock();
      const url = silent.url.replace("ws:", "wss:");
      const aborted = dial(url, {}, { signal: controller.signal });
      const timedOut = dial(url, {}, { clock, handshakeTimeoutMs: 100 });
      const peers = [await silent.peer(), await silent.peer()];
      for (const { socket } of peers) {
        await socket.wait(
          () => (socket.received.length > 0 ? true : undefined),
          () => "the client's first bytes",
        );
      }
      controller.abort();
      await assert.rejects(aborted, { name: "AbortError" });
      clock.advance(100);
      await assert.rejects(timedOut, { code: "DIAL_TIMEOUT" });
      for (const peer of peers) await peer.ended();
    } finally {
      await silent.stop();
    }
  });

  test("fails, and does not hang, where the server speaks no TLS", async () => {
    const plain = await RawServer.start();
    try {
      const dialed = dial(plain.url.replace("ws:", "wss:"), {});
      const peer = await plain.peer();
      peer.socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
      await assert.rejects(dialed, { code: "DIAL_FAILED" });
      await peer.ended();
    } finally {
      await plain.stop();
    }
  });
});
