import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeUpgradeRequest,
  encodeUpgradeResponse,
  isKey,
  newKey,
  readUpgradeRequest,
  readUpgradeResponse,
  requestHeadReader,
  responseHeadReader,
} from "../../src/protocol/mod.ts";
import { bytesOf } from "./frames.ts";
import { seededBytes } from "./probe.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const GOOD = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-accept": ACCEPT };

function answer(changes: Record<string, string | undefined>, status = 101, protocols: string[] = []) {
  const fields = Object.entries({ ...GOOD, ...changes }).filter(([, value]) => value !== undefined);
  const headers = new Headers(fields as [string, string][]);
  return readUpgradeResponse({ status, headers }, { accept: ACCEPT, protocols });
}

test("the request is the RFC's handshake, with what was asked for", () => {
  const head = encodeUpgradeRequest({
    target: "/chat?room=1",
    host: "server.example.com:8080",
    key: KEY,
    protocols: ["a", "b"],
    origin: "https://example.com",
    headers: [["Cookie", "sid=1"]],
  });
  assert.deepEqual(head.split("\r\n"), [
    "GET /chat?room=1 HTTP/1.1",
    "Host: server.example.com:8080",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: a, b",
    "Origin: https://example.com",
    "Cookie: sid=1",
    "",
    "",
  ]);
});

test("a request that can't be sent throws", () => {
  const good = { target: "/", host: "h", key: KEY };
  for (const target of ["", "chat", "/a b", "/a\r\nX: y", "/ä", "/a#b", "http://h/"]) {
    assert.throws(() => encodeUpgradeRequest({ ...good, target }), { code: "INVALID_HEADER" }, target);
  }
  for (const host of ["", "a b", "h\r\nX: y"]) {
    assert.throws(() => encodeUpgradeRequest({ ...good, host }), { code: "INVALID_HEADER" });
  }
  assert.throws(() => encodeUpgradeRequest({ ...good, key: "short" }), { code: "INVALID_HEADER" });
  assert.throws(() => encodeUpgradeRequest({ ...good, origin: "a\nb" }), { code: "INVALID_HEADER" });
  for (const name of ["Host", "upgrade", "Sec-WebSocket-Key", "sec-websocket-extensions"]) {
    assert.throws(
      () => encodeUpgradeRequest({ ...good, headers: [[name, "x"]] }),
      { code: "INVALID_HEADER" },
      name,
    );
  }
  for (const protocols of [["a", "a"], [""], ["a b"], ["a,b"]]) {
    assert.throws(() => encodeUpgradeRequest({ ...good, protocols }), { code: "INVALID_SUBPROTOCOL" });
  }
});

test("a new key is 16 bytes of the given randomness in base64", () => {
  const key = newKey(seededBytes(3));
  assert.ok(isKey(key));
  assert.equal(atob(key).length, 16);
  assert.equal(
    newKey((target) => void target.fill(0xff)),
    "/////////////////////w==",
  );
});

test("a good answer establishes the connection", () => {
  assert.deepEqual(answer({}), { ok: true, subprotocol: "", deflate: undefined });
  assert.deepEqual(answer({ upgrade: "WebSocket", connection: "upgrade, keep-alive" }), {
    ok: true,
    deflate: undefined,
    subprotocol: "",
  });
  assert.deepEqual(answer({ "sec-websocket-protocol": "b" }, 101, ["a", "b"]), {
    ok: true,
    deflate: undefined,
    subprotocol: "b",
  });
  assert.deepEqual(answer({}, 101, ["a", "b"]), { ok: true, subprotocol: "", deflate: undefined });
});

test("every flaw of an answer fails the connection, with the reason", () => {
  const bad: readonly (readonly [changes: Record<string, string | undefined>, reason: RegExp])[] = [
    [{ upgrade: undefined }, /Upgrade/],
    [{ upgrade: "h2c" }, /Upgrade/],
    [{ upgrade: "websocket, h2c" }, /Upgrade/],
    [{ connection: undefined }, /Connection/],
    [{ connection: "keep-alive" }, /Connection/],
    [{ "sec-websocket-accept": undefined }, /Accept is missing/],
    [{ "sec-websocket-accept": "xxxPLMBiTxaQ9kYGzzhZRbK+xOo=" }, /Accept does not answer/],
    [{ "sec-websocket-accept": `${ACCEPT}, ${ACCEPT}` }, /Accept does not answer/],
    [{ "sec-websocket-protocol": "chat" }, /"chat", which was not offered/],
    [{ "sec-websocket-protocol": "a, b" }, /"a, b", which was not offered/],
    [
      { "sec-websocket-extensions": "permessage-deflate" },
      /extensions that were not offered: permessage-deflate/,
    ],
  ];
  for (const [changes, reason] of bad) {
    const rejection = answer(changes, 101, ["a", "b"]);
    assert.equal(rejection.ok, false);
    assert.match(rejection.ok ? "" : rejection.message, reason);
  }
});

test("an answer other than 101 is a refusal with its status", () => {
  for (const status of [200, 301, 401, 403, 426, 503]) {
    const rejection = answer({}, status);
    assert.equal(rejection.ok, false);
    assert.equal(rejection.ok ? 0 : rejection.status, status);
  }
});

test("client and server understand each other's heads", () => {
  const reader = requestHeadReader();
  const sent = encodeUpgradeRequest({
    target: "/x",
    host: "h",
    key: KEY,
    protocols: ["a", "b"],
    origin: "http://o",
  });
  const progress = reader.receive(bytesOf(sent));
  assert.equal(progress.state, "done");
  if (progress.state !== "done") return;
  const offer = readUpgradeRequest(progress.head);
  assert.equal(offer.ok, true);
  if (!offer.ok) return;
  assert.deepEqual([offer.key, offer.protocols, offer.origin], [KEY, ["a", "b"], "http://o"]);
  const response = encodeUpgradeResponse({ accept: ACCEPT, offered: offer.protocols, subprotocol: "a" });
  const answered = responseHeadReader().receive(bytesOf(response));
  assert.equal(answered.state, "done");
  if (answered.state !== "done") return;
  assert.deepEqual(readUpgradeResponse(answered.head, { accept: ACCEPT, protocols: ["a", "b"] }), {
    ok: true,
    deflate: undefined,
    subprotocol: "a",
  });
});
