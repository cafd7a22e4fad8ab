import assert from "node:assert/strict";
import { test } from "node:test";
import { readTarget } from "../../src/client/target.ts";

test("a URL says where to connect and what to ask for", () => {
  assert.deepEqual(readTarget("wss://example.com/chat/a%20b?room=1"), {
    url: "wss://example.com/chat/a%20b?room=1",
    secure: true,
    hostname: "example.com",
    port: 443,
    host: "example.com",
    path: "/chat/a%20b?room=1",
    authorization: undefined,
  });
  const hosts = [
    ["ws://example.com", false, "example.com", 80, "example.com", "/"],
    ["WS://Example.COM:80/", false, "example.com", 80, "example.com", "/"],
    ["ws://example.com:8080?q", false, "example.com", 8080, "example.com:8080", "/?q"],
    ["wss://[::1]:8443/x", true, "::1", 8443, "[::1]:8443", "/x"],
    ["http://127.0.0.1:8787/echo", false, "127.0.0.1", 8787, "127.0.0.1:8787", "/echo"],
    ["https://bücher.example/", true, "xn--bcher-kva.example", 443, "xn--bcher-kva.example", "/"],
    ["ws://example.com/%23no-fragment", false, "example.com", 80, "example.com", "/%23no-fragment"],
  ] as const;
  for (const [url, ...expected] of hosts) {
    const { url: told, secure, hostname, port, host, path } = readTarget(url);
    assert.deepEqual([secure, hostname, port, host, path], expected, url);
    assert.equal(told, `${secure ? "wss" : "ws"}://${host}${path}`);
    assert.deepEqual(readTarget(new URL(url)), readTarget(url));
  }
});

test("a user and a password become Basic authorization (RFC 7617)", () => {
  const authorizations = [
    ["ws://Aladdin:open%20sesame@h/", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
    ["ws://test:123%C2%A3@h/", "Basic dGVzdDoxMjPCow=="],
    ["ws://user@h/", "Basic dXNlcjo="],
    ["ws://:p%3Aq@h/", "Basic OnA6cQ=="],
  ] as const;
  for (const [url, expected] of authorizations) {
    const target = readTarget(url);
    assert.equal(target.authorization, expected, url);
    assert.deepEqual([target.host, target.url], ["h", "ws://h/"]);
  }
});

test("what is no WebSocket's URL throws, and says why without a password", () => {
  const bad = [
    ["chat", /"chat" is no URL: write wss:\/\/host\/path/],
    ["/chat", /is no URL/],
    ["", /is no URL/],
    ["ws://", /is no URL/],
    ["ws://user:secret@h:x/", /this is no URL/],
    ["ftp://h/", /scheme is ftp: and must be ws: or wss:/],
    ["file:///etc/passwd", /scheme is file:/],
    ["ws://h/#top", /fragment "#top", which no WebSocket can have: write # as %23/],
    ["ws://h/#", /fragment/],
    ["ws://a%3Ab:secret@h/", /colon/],
    ["ws://a:secret%ff@h/", /percent-encoded UTF-8/],
  ] as const;
  for (const [url, message] of bad) {
    assert.throws(
      () => readTarget(url),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
      url,
    );
  }
});
