import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type DialOptions, dial } from "wirehall/node";
import { manualClock } from "wirehall/testing";
import { dialBy } from "../../runtimes/node/dial.ts";
import { certificate as ca } from "../serve/certificate.ts";
import { failureOf } from "./failure.ts";
import { TestProxy, type TestProxyOptions } from "./proxy-server.ts";
import { RawServer } from "./server.ts";

describe("a dial through a proxy", () => {
  let plain: RawServer;
  let secure: RawServer;
  before(async () => {
    plain = await RawServer.start();
    secure = await RawServer.start({ tls: true });
  });
  after(() => Promise.all([plain.stop(), secure.stop()]));

  async function withProxy(
    options: TestProxyOptions,
    work: (proxy: TestProxy) => Promise<unknown>,
  ): Promise<void> {
    const proxy = await TestProxy.start(options);
    try {
      await work(proxy);
    } finally {
      await proxy.stop();
    }
  }

  /** Dials, and has a message go each way; returns the head of the request that the server got. */
  async function converse(server: RawServer, url: string, options: DialOptions): Promise<string> {
    const heard = Promise.withResolvers<unknown>();
    const dialed = dial(url, { message: (_, data) => heard.resolve(data) }, options);
    const peer = await Promise.race([server.peer(), dialed.then(() => assert.fail("without the server"))]);
    const head = await peer.accept([], [{ opcode: 1, payload: "behind the 101" }]);
    const connection = await dialed;
    assert.equal(await heard.promise, "behind the 101");
    connection.send("through");
    assert.equal(await peer.next(), 'text masked of 7 bytes "through"');
    connection.close();
    await peer.next();
    peer.send({ opcode: 8 });
    peer.socket.finish();
    assert.equal((await connection.closed).wasClean, true);
    await peer.ended();
    return head;
  }

  const ways = [
    ["ws: through http:", false, false],
    ["wss: through http:", false, true],
    ["ws: through https:", true, false],
    ["wss: through https:, TLS in TLS", true, true],
  ] as const;
  for (const [name, tls, isSecure] of ways) {
    test(`${name}, by a name that only the proxy knows`, async () => {
      await withProxy({ tls }, async (proxy) => {
        const server = isSecure ? secure : plain;
        const url = new URL(server.url);
        url.hostname = "chat.invalid";
        const options = { proxy: proxy.url, tls: { ca, servername: isSecure ? "localhost" : undefined } };
        const head = await converse(server, url.href, options);
        const authority = `chat.invalid:${url.port}`;
        assert.equal(proxy.heads.join(), `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
        assert.match(head, new RegExp(`^Host: ${authority}\r$`, "m"));
      });
    });
  }

  test("the user in the proxy's URL goes to the proxy alone, and the target's to the server alone", async () => {
    const authorization = `Basic ${Buffer.from("me:pass:word").toString("base64")}`;
    await withProxy({ authorization }, async (proxy) => {
      const through = proxy.url.replace("//", "//me:pass%3Aword@");
      const head = await converse(plain, plain.url.replace("//", "//you:secret@"), { proxy: through });
      const forServer = `authorization: Basic ${Buffer.from("you:secret").toString("base64")}`;
      assert.match(head, new RegExp(`^${forServer}\r$`, "im"));
      assert.doesNotMatch(head, /proxy-authorization/i);
      assert.equal(proxy.heads.length, 1);
      assert.doesNotMatch(proxy.heads[0], /^authorization/im);
    });
  });

  for (const [what, user, hint] of [
    ["no user", "", /write a user and a password for it into its URL/],
    ["the wrong user", "me:secret@", /does not take the user and the password/],
  ] as const) {
    test(`a proxy that wants another than ${what} is a PROXY_REFUSED with its answer`, async () => {
      await withProxy({ authorization: "Basic bm90OnRoYXQ=" }, async (proxy) => {
        const error = await failureOf(dial(plain.url, {}, { proxy: proxy.url.replace("//", `//${user}`) }));
        assert.equal(error.code, "PROXY_REFUSED");
        assert.match(error.message, /^the proxy 127\.0\.0\.1:\d+ answered 407, and does not lead to 127/);
        assert.match(error.message, hint);
        assert.doesNotMatch(error.message, /secret/);
        assert.equal(error.response?.status, 407);
        assert.equal(error.response.headers.get("proxy-authenticate"), "Basic");
        assert.equal(await error.response.text(), "who?");
      });
    });
  }

  test("the certificate is the server's, and checked", async () => {
    await withProxy({}, async (proxy) => {
      const error = await failureOf(dial(secure.url, {}, { proxy: proxy.url }));
      assert.equal(error.code, "DIAL_FAILED");
      assert.match(error.message, /^can't connect to 127\.0\.0\.1:\d+ by TLS: /);
      const other = { ca, servername: "example.com" };
      assert.equal(
        (await failureOf(dial(secure.url, {}, { proxy: proxy.url, tls: other }))).code,
        "DIAL_FAILED",
      );
    });
  });

  test("the certificate is held against the host that was dialed, a name or an address, and not the proxy's", async () => {
    await withProxy({}, async (proxy) => {
      const options = { proxy: proxy.url, tls: { ca } };
      await converse(secure, secure.url, options);
      await converse(secure, secure.url.replace("127.0.0.1", "localhost"), options);
      for (const host of ["chat.invalid", "127.0.0.2", "[::1]"]) {
        const error = await failureOf(dial(secure.url.replace("127.0.0.1", host), {}, options));
        assert.equal(error.code, "DIAL_FAILED");
        assert.ok(error.message.startsWith(`can't connect to ${host}:`), error.message);
      }
    });
  });

  test("a proxy's certificate that nobody vouches for is refused", async () => {
    await withProxy({ tls: true }, async (proxy) => {
      const error = await failureOf(dial(plain.url, {}, { proxy: proxy.url }));
      assert.equal(error.code, "DIAL_FAILED");
      assert.match(error.message, /^can't connect to the proxy 127/);
      assert.deepEqual(proxy.heads, []);
    });
  });

  test("a proxy that is down", async () => {
    const gone = await TestProxy.start();
    await gone.stop();
    const error = await failureOf(dial(plain.url, {}, { proxy: gone.url }));
    assert.equal(error.code, "DIAL_FAILED");
    assert.match(error.message, /^can't connect to the proxy 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  });

  const answers: readonly (readonly [name: string, bytes: string, code: string, message: RegExp])[] = [
    [
      "speaks garbage",
      "\x16\x03\x01 nonsense",
      "BAD_HANDSHAKE",
      /^the proxy's answer: what came does not begin/,
    ],
    ["has no status", "HTTP/1.1 OK\r\n\r\n", "BAD_HANDSHAKE", /^the proxy's answer: the status line/],
    [
      "speaks for the server",
      "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101",
      "BAD_HANDSHAKE",
      /^the proxy's answer: bytes came behind its 200$/,
    ],
    [
      "sends a megabyte of headers",
      `HTTP/1.1 200 OK\r\n${"X-Fill: 0123456789\r\n".repeat(52_429)}`,
      "BAD_HANDSHAKE",
      /^the proxy's answer: the head has not ended after 16384 bytes/,
    ],
    ["answers 101", "HTTP/1.1 101 Switching\r\n\r\n", "PROXY_REFUSED", /answered 101/],
    ["redirects", "HTTP/1.1 302 x\r\nLocation: http://h/\r\n\r\n", "PROXY_REFUSED", /answered 302/],
  ];
  for (const [name, bytes, code, message] of answers) {
    test(`a proxy that ${name}`, async () => {
      const odd = await RawServer.start();
      const dialed = dial(plain.url, {}, { proxy: odd.url.replace("ws:", "http:"), maxRedirects: 5 });
      const peer = await odd.peer();
      await peer.request();
      peer.socket.write(Buffer.from(bytes, "latin1"));
      if (code === "PROXY_REFUSED") peer.socket.finish();
      const error = await failureOf(dialed);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      await peer.ended();
      await odd.stop();
    });
  }

  for (const leave of ["finish", "reset"] as const) {
    test(`a proxy that is gone half-way through its answer, by ${leave}`, async () => {
      const odd = await RawServer.start();
      const dialed = dial(plain.url, {}, { proxy: odd.url.replace("ws:", "http:") });
      const peer = await odd.peer();
      await peer.request();
      peer.socket.write("HTTP/1.1 200 Conn");
      peer.socket[leave]();
      const error = await failureOf(dialed);
      assert.equal(error.code, "DIAL_FAILED");
      assert.match(error.message, /proxy/);
      await peer.ended();
      await odd.stop();
    });
  }

  test("a proxy that is silent: time and an abort end it, and the error says what was waited for", async () => {
    const odd = await RawServer.start();
    const clock = manualClock();
    const controller = new AbortController();
    const proxy = odd.url.replace("ws:", "http:");
    const timedOut = dial(plain.url, {}, { proxy, clock, handshakeTimeoutMs: 50 });
    const peer = await odd.peer();
    await peer.request();
    clock.advance(50);
    const error = await failureOf(timedOut);
    assert.equal(error.code, "DIAL_TIMEOUT");
    assert.match(error.message, /after 50 ms \(handshakeTimeoutMs\), for want of an answer of the proxy 127/);
    await peer.ended();
    const aborted = dial(plain.url, {}, { proxy, signal: controller.signal });
    const second = await odd.peer();
    await second.request();
    controller.abort();
    await assert.rejects(aborted, { name: "AbortError" });
    await second.ended();
    await odd.stop();
  });

  test("a server that is silent to TLS behind the proxy: time ends it, and the proxy sees the end", async () => {
    await withProxy({}, async (proxy) => {
      const clock = manualClock();
      const url = plain.url.replace("ws:", "wss:");
      const timedOut = dial(url, {}, { proxy: proxy.url, clock, handshakeTimeoutMs: 50 });
      const peer = await plain.peer();
      await peer.socket.wait(
        () => (peer.socket.received.length > 0 ? true : undefined),
        () => "the client's first bytes of TLS",
      );
      clock.advance(50);
      assert.match((await failureOf(timedOut)).message, /for want of a connection to 127\S+ by TLS/);
      await peer.ended();
    });
  });

  test("the environment names the proxy, unless NO_PROXY has the host or the caller wants none", async () => {
    await withProxy({}, async (proxy) => {
      const variables: Record<string, string> = { HTTP_PROXY: proxy.url.replace("http://", "") };
      const dialHere = dialBy((name) => variables[name]);
      const url = new URL(plain.url);
      url.hostname = "chat.invalid";
      const dialed = dialHere(url, {});
      const peer = await plain.peer();
      await peer.accept();
      (await dialed).terminate();
      await peer.ended();
      assert.equal(proxy.heads.length, 1);
      variables.NO_PROXY = "other.example, .invalid";
      assert.match((await failureOf(dialHere(url, {}))).message, /^can't connect to chat\.invalid:\d+: /);
      delete variables.NO_PROXY;
      assert.match((await failureOf(dialHere(url, {}, { proxy: false }))).message, /^can't connect to chat/);
      assert.equal(proxy.heads.length, 1);
      variables.HTTP_PROXY = "socks5://me:secret@127.0.0.1:1080";
      await assert.rejects(dialHere(url, {}), {
        code: "INVALID_OPTION",
        message:
          "HTTP_PROXY has the scheme socks5:: a proxy's is http: or https:, and proxy: false dials without",
      });
    });
  });

  test("a proxy that is none is the caller's fault", async () => {
    const bad: readonly (readonly [proxy: unknown, message: RegExp])[] = [
      ["http://", /proxy is no URL: write http:\/\/host:port/],
      ["socks5://h:1080", /proxy has the scheme socks5:/],
      ["http://a%3Ab:secret@h", /proxy's user has a colon/],
      [7, /proxy must be the URL of a proxy, true .* or false/],
    ];
    for (const [proxy, message] of bad) {
      const options = { proxy } as DialOptions;
      await assert.rejects(dial(plain.url, {}, options), { code: "INVALID_OPTION", message });
    }
    const headers = { "proxy-authorization": "Basic x" };
    await assert.rejects(dial(plain.url, {}, { headers }), { code: "INVALID_HEADER", message: /its URL/ });
  });
});
