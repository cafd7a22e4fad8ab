import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { DialError } from "../../src/client/error.ts";
import { readTarget } from "../../src/client/target.ts";
import { type Dialing, dialInMemory, head, latin1, switching } from "./memory.ts";

/** Why nothing came of the dial; whatever the reason, the stream is dropped. */
async function failure({ opened, stream }: Dialing): Promise<DialError> {
  const error = await opened.then(
    () => assert.fail("the dial came to something"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DialError, String(error));
  assert.equal(stream.isDestroyed, true);
  return error;
}

test("the request is the RFC's handshake, with what was asked for", async () => {
  const dialing = dialInMemory({
    target: readTarget("ws://user:pw@example.com:8080/chat?a=b"),
    subprotocols: ["a", "b"],
    deflate: {},
    origin: "https://example.com",
    headers: new Headers({ Cookie: "sid=1" }),
  });
  dialing.stream.push(switching({ "Sec-WebSocket-Protocol": "b", "Set-Cookie": "sid=2" }));
  const { subprotocol, deflate, headers, early, stream } = await dialing.opened;
  assert.deepEqual(
    stream.written.split("\r\n").map((line) => line.toLowerCase()),
    [
      "get /chat?a=b http/1.1",
      "host: example.com:8080",
      "upgrade: websocket",
      "connection: upgrade",
      "sec-websocket-key: dghlihnhbxbszsbub25jzq==",
      "sec-websocket-version: 13",
      "sec-websocket-protocol: a, b",
      "sec-websocket-extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits",
      "origin: https://example.com",
      "authorization: basic dxnlcjpwdw==",
      "cookie: sid=1",
      "",
      "",
    ],
  );
  assert.deepEqual([subprotocol, deflate, early.length], ["b", undefined, 0]);
  assert.equal(headers.get("set-cookie"), "sid=2");
  assert.equal(stream.isDestroyed, false);
});

test("the answer is the same however its bytes are cut, and what comes behind it is handed on", async () => {
  const answer = switching();
  for (const cut of [1, 2, 20, answer.length - 1, answer.length]) {
    const { stream, opened } = dialInMemory();
    stream.push(answer.slice(0, cut), `${answer.slice(cut)}\x81\x02hi`);
    if (cut === answer.length) {
      // The frame came by itself: it waits on the stream.
      assert.deepEqual((await opened).early, new Uint8Array(0));
      assert.deepEqual(await stream.read(), latin1("\x81\x02hi"));
    } else {
      assert.deepEqual((await opened).early, latin1("\x81\x02hi"));
    }
  }
});

test("interim answers are passed over, within the bytes that a head may have (RFC 9110 15.2)", async () => {
  const interim = head("HTTP/1.1 103 Early Hints", "Link: </a.css>");
  const { stream, opened } = dialInMemory();
  stream.push(`${head("HTTP/1.1 100 Continue")}${interim.slice(0, 9)}`, `${interim.slice(9)}${switching()}x`);
  assert.deepEqual((await opened).early, latin1("x"));

  const endless = dialInMemory();
  endless.stream.push(...Array.from({ length: 1000 }, () => interim));
  assert.match((await failure(endless)).message, /head has not ended/);
});

test("folded lines of an answer are read (RFC 9112 5.2)", async () => {
  const { stream, opened } = dialInMemory({ subprotocols: ["b"] });
  stream.push(switching({ "Sec-WebSocket-Protocol": "\r\n b", Upgrade: "\r\n\twebsocket" }));
  assert.equal((await opened).subprotocol, "b");
});

test("each flaw of an answer fails the dial, with the reason", async () => {
  const flaws: readonly (readonly [answer: string, reason: RegExp])[] = [
    [switching({ "Sec-WebSocket-Accept": "xxxPLMBiTxaQ9kYGzzhZRbK+xOo=" }), /Accept does not answer the key/],
    [switching({ "Sec-WebSocket-Accept": undefined }), /Accept is missing/],
    [switching({ Upgrade: undefined }), /Upgrade header/],
    [switching({ Connection: undefined }), /Connection header/],
    [switching({ "Sec-WebSocket-Protocol": "chat" }), /subprotocol "chat", which was not offered/],
    [switching({ "Sec-WebSocket-Extensions": "permessage-deflate" }), /extensions that were not offered/],
    ["SSH-2.0-OpenSSH_9.6\r\n", /does not begin with HTTP\/1\./],
    ["\x15\x03\x03\x00\x02\x02\x46", /does not begin with HTTP\/1\./],
    ["HTTP/1.1 101 x\r\nno colon\r\n\r\n", /header line 1/],
    [`HTTP/1.1 101 x\r\n${"X-Fill: 1\r\n".repeat(100_000)}`, /has not ended after 16384 bytes/],
  ];
  for (const [answer, reason] of flaws) {
    const dialing = dialInMemory();
    dialing.stream.push(answer);
    const error = await failure(dialing);
    assert.equal(error.code, "BAD_HANDSHAKE");
    assert.match(error.message, reason);
    assert.equal(error.response, undefined);
  }
});

test("a refusal is the server's response: status, headers and body", async () => {
  const dialing = dialInMemory();
  const lines = [
    "HTTP/1.1 401 Who are you?",
    "WWW-Authenticate: Basic",
    "Set-Cookie: a=1",
    "Set-Cookie: b=2",
  ];
  dialing.stream.push(head(...lines, "Content-Length: 10"), "no", "body\xe9", "\n...next");
  const error = await failure(dialing);
  assert.equal(error.code, "REFUSED");
  assert.match(error.message, /the server answered 401, not 101/);
  assert.equal(error.response?.status, 401);
  assert.equal(error.response?.statusText, "Who are you?");
  assert.equal(error.response?.headers.get("www-authenticate"), "Basic");
  assert.deepEqual(error.response?.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.deepEqual(await error.response?.bytes(), latin1("nobody\xe9\n..").slice(0, 10));
});

/** The body of a refusal, of which the server sent these pieces. */
async function bodyOf(
  fields: readonly string[],
  ...pieces: readonly (string | undefined)[]
): Promise<string> {
  const dialing = dialInMemory();
  dialing.stream.push(head("HTTP/1.1 403 x", ...fields), ...pieces);
  return (await (await failure(dialing)).response?.text()) ?? "";
}

test("a refusal's body ends as its framing says (RFC 9112 6.3)", async () => {
  const chunked = "Transfer-Encoding: chunked";
  assert.equal(await bodyOf(["Content-Length: 5"], "hello, and more"), "hello");
  assert.equal(await bodyOf(["Content-Length: 0"], "more"), "");
  assert.equal(await bodyOf([], "hel", "lo", undefined), "hello");
  assert.equal(await bodyOf(["Content-Length: 5, 5"], "hello!", undefined), "hello!");
  assert.equal(await bodyOf(["Content-Length: 9"], "hello", undefined), "hello");
  assert.equal(await bodyOf([chunked], "3\r\nhel\r\n", "0002;x=y\r\nlo\r\n0\r\n\r\n", "more"), "hello");
  assert.equal(await bodyOf([chunked, "Content-Length: 2"], ..."5\r\nhello\r\n0\r\n"), "hello");
  assert.equal(await bodyOf([chunked], "3\r\nhel\r\nxyz\r\nlo"), "hel");
  assert.equal(await bodyOf([chunked], "3\r\nhel\r\n", undefined), "hel");
  assert.equal(await bodyOf(["Transfer-Encoding: gzip"], "raw", undefined), "raw");
});

test("of a body without end 64 KiB are kept, in whatever framing", async () => {
  const piece = "x".repeat(10_000);
  const pieces = Array.from({ length: 20 }, () => piece);
  assert.equal((await bodyOf([], ...pieces)).length, 65_536);
  const chunked = pieces.map((text) => `2710\r\n${text}\r\n`);
  assert.equal((await bodyOf(["Transfer-Encoding: chunked"], ...chunked)).length, 65_536);
  assert.equal(await bodyOf(["Transfer-Encoding: chunked"], "5\r\nhello\r\n1;", ...pieces), "hello");
});

test("a status without a body has none, and one that is none of HTTP's has no response", async () => {
  for (const status of [204, 304]) {
    const dialing = dialInMemory();
    dialing.stream.push(head(`HTTP/1.1 ${status} x`, "Content-Length: 5"));
    const { response } = await failure(dialing);
    assert.deepEqual([response?.status, response?.body], [status, null]);
  }
  const dialing = dialInMemory();
  dialing.stream.push(head("HTTP/1.1 799 x"), undefined);
  const { code, message, response } = await failure(dialing);
  assert.deepEqual([code, response], ["REFUSED", undefined]);
  assert.match(message, /799/);
});

test("a refusal whose body does not come is one after a second, with what came of it", async () => {
  const dialing = dialInMemory();
  dialing.stream.push(head("HTTP/1.1 503 x", "Content-Length: 100"), "later");
  await settled();
  dialing.clock.advance(999);
  await settled();
  assert.equal(dialing.stream.isDestroyed, false);
  dialing.clock.advance(1);
  const error = await failure(dialing);
  assert.equal(error.code, "REFUSED");
  assert.equal(await error.response?.text(), "later");
});

test("a stream that ends or is lost before the answer is whole fails the dial, with the cause", async () => {
  const ended = dialInMemory();
  ended.stream.push(switching().slice(0, 40), undefined);
  const error = await failure(ended);
  assert.deepEqual([error.code, error.cause], ["DIAL_FAILED", undefined]);
  assert.match(error.message, /ended the connection before its answer was whole/);

  const lost = dialInMemory();
  lost.stream.push("HTTP/1.1 101 x\r\n");
  await settled();
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  lost.stream.fail(reset);
  const { code, cause, message } = await failure(lost);
  assert.deepEqual([code, cause], ["DIAL_FAILED", reset]);
  assert.match(message, /ECONNRESET/);
});

test("a server that says nothing is given up after handshakeTimeoutMs", async () => {
  const dialing = dialInMemory({ handshakeTimeoutMs: 3_000 });
  await settled();
  dialing.clock.advance(2_999);
  await settled();
  assert.equal(dialing.stream.isDestroyed, false);
  dialing.clock.advance(1);
  const { code, message } = await failure(dialing);
  assert.equal(code, "DIAL_TIMEOUT");
  assert.match(message, /3000 ms \(handshakeTimeoutMs\)/);
});

test("an answer that trickles is given up too", async () => {
  const dialing = dialInMemory({ handshakeTimeoutMs: 100 });
  for (const char of switching().slice(0, 100)) {
    dialing.stream.push(char);
    await settled();
    dialing.clock.advance(1);
  }
  assert.equal((await failure(dialing)).code, "DIAL_TIMEOUT");
});

test("the signal gives up a dial, before it begins and while it waits, with its own reason", async () => {
  const reason = new Error("not needed any more");
  const before = dialInMemory({ signal: AbortSignal.abort(reason) });
  await assert.rejects(before.opened, reason);
  assert.equal(before.stream.written, "");

  const controller = new AbortController();
  const during = dialInMemory({ signal: controller.signal });
  during.stream.push("HTTP/1.1 101");
  await settled();
  controller.abort(reason);
  await assert.rejects(during.opened, reason);
  assert.equal(during.stream.isDestroyed, true);
});

test("once the WebSocket is open, neither signal nor time end it", async () => {
  const controller = new AbortController();
  const { stream, clock, opened } = dialInMemory({ signal: controller.signal });
  assert.equal(getEventListeners(controller.signal, "abort").length, 1);
  stream.push(switching());
  await opened;
  assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
  controller.abort();
  clock.advance(1_000_000);
  assert.equal(stream.isDestroyed, false);
});

test("a signal that aborts just as the answer comes leaves no stream behind", async () => {
  const controller = new AbortController();
  const { stream, opened } = dialInMemory({ signal: controller.signal });
  await settled();
  stream.push(switching());
  controller.abort();
  await assert.rejects(opened, { name: "AbortError" });
  assert.equal(stream.isDestroyed, true);
});

test("what a caller can't ask for throws before anything is sent", async () => {
  const bad = [
    [{ headers: new Headers({ "Sec-WebSocket-Key": "x" }) }, "INVALID_HEADER"],
    [{ origin: "a\nb" }, "INVALID_HEADER"],
    [{ subprotocols: ["a", "a"] }, "INVALID_SUBPROTOCOL"],
    [
      { target: readTarget("ws://user@h/"), headers: new Headers({ authorization: "Bearer x" }) },
      "INVALID_HEADER",
    ],
  ] as const;
  for (const [changes, code] of bad) {
    const { stream, opened } = dialInMemory(changes);
    await assert.rejects(opened, { code });
    assert.equal(stream.written, "");
  }
});

/** Resolves once all promises that were resolved before have been heard. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
