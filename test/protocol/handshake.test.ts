import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  acceptKey,
  encodeUpgradeResponse,
  readUpgradeRequest,
  type UpgradeOffer,
  type UpgradeRefusal,
} from "../../src/protocol/mod.ts";

const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

const GOOD = {
  host: "server.example.com",
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

type Answer = UpgradeOffer | UpgradeRefusal;

function read(
  changes: Record<string, string | undefined> = {},
  method = "GET",
  httpVersion?: string,
): Answer {
  const fields = Object.entries({ ...GOOD, ...changes }).filter(([, value]) => value !== undefined);
  return readUpgradeRequest({ method, httpVersion, headers: new Headers(fields as [string, string][]) });
}

function refused(answer: Answer): UpgradeRefusal {
  assert.equal(answer.ok, false);
  return answer as UpgradeRefusal;
}

function offered(answer: Answer): UpgradeOffer {
  assert.equal(answer.ok, true, JSON.stringify(answer));
  return answer as UpgradeOffer;
}

test("the RFC's sample key has the RFC's sample answer", () => {
  assert.equal(acceptKey("dGhlIHNhbXBsZSBub25jZQ==", sha1), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

test("a good handshake is an offer with all that the client asks for", () => {
  const answer = read({
    "sec-websocket-protocol": "chat.v2 , chat,x!#$%&'*+-.^_`|~9",
    origin: "https://example.com",
    "sec-websocket-origin": "https://other.example",
    "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
  });
  assert.deepEqual(answer, {
    ok: true,
    key: "dGhlIHNhbXBsZSBub25jZQ==",
    version: 13,
    protocols: ["chat.v2", "chat", "x!#$%&'*+-.^_`|~9"],
    origin: "https://example.com",
    extensions: [
      { name: "permessage-deflate", parameters: [{ name: "client_max_window_bits", value: undefined }] },
    ],
  });
});

test("what the client does not say is empty or null", () => {
  const offer = offered(read({}, "GET", "1.1"));
  assert.deepEqual([offer.protocols, offer.origin, offer.extensions], [[], null, []]);
});

test("version 8 is accepted, with its origin in Sec-WebSocket-Origin", () => {
  const offer = offered(
    read({
      "sec-websocket-version": "8",
      "sec-websocket-origin": "http://old.example",
      origin: "http://x.example",
    }),
  );
  assert.equal(offer.version, 8);
  assert.equal(offer.origin, "http://old.example");
});

test("Upgrade and Connection are lists of tokens in any case", () => {
  for (const upgrade of ["WebSocket", "WEBSOCKET", "h2c, websocket", "websocket,", " websocket , foo"]) {
    offered(read({ upgrade }));
  }
  for (const connection of ["upgrade", "keep-alive, Upgrade", "UPGRADE,keep-alive", "close , upgrade"]) {
    offered(read({ connection }));
  }
});

test("a method other than GET is refused with 405", () => {
  for (const method of ["POST", "HEAD", "OPTIONS", "get"]) {
    const { status, headers } = refused(read({}, method));
    assert.equal(status, 405);
    assert.deepEqual(headers, { Allow: "GET" });
  }
});

test("HTTP before 1.1 is refused with 400", () => {
  for (const version of ["1.0", "0.9"]) assert.equal(refused(read({}, "GET", version)).status, 400);
  for (const version of ["1.1", "2.0", "2"]) offered(read({}, "GET", version));
});

test("a request that asks for no WebSocket is refused with 426, and told how to ask", () => {
  for (const upgrade of [undefined, "", "h2c", "websockets", "web socket", "websocket/13"]) {
    const { status, headers } = refused(read({ upgrade }));
    assert.equal(status, 426, upgrade);
    assert.deepEqual(headers, {
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13, 8",
    });
  }
});

test("a Connection header without upgrade is refused with 400, unless the runtime hides it", () => {
  for (const connection of [undefined, "keep-alive", "upgraded", "close"]) {
    assert.equal(refused(read({ connection })).status, 400, connection);
  }
  const headers = new Headers({ ...GOOD });
  headers.delete("connection");
  assert.equal(readUpgradeRequest({ method: "GET", headers }, { connectionHidden: true }).ok, true);
});

test("a version other than 13 and 8 is refused with 426 and the versions", () => {
  for (const version of [undefined, "", "0", "7", "12", "14", "013", "13.0", "13, 8", "13, 13"]) {
    const { status, headers, message } = refused(read({ "sec-websocket-version": version }));
    assert.equal(status, 426, version);
    assert.equal(headers["Sec-WebSocket-Version"], "13, 8");
    assert.match(message, /13, 8/);
  }
});

test("a key that is missing, given twice, or not 16 bytes in base64 is refused with 400", () => {
  const bad = [
    undefined,
    "",
    "dGhlIHNhbXBsZSBub25jZQ",
    "dGhlIHNhbXBsZSBub25jZQ=",
    "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
    "dGhlIHNhbXBsZSBub25jZTE=",
    "dGhlIHNhbXBsZSBub25j",
    "dGhlIHNhbXBsZSBub25jZ*==",
    "dGhlIHNhbXBsZSBub25j ZQ==",
  ];
  for (const key of bad) assert.equal(refused(read({ "sec-websocket-key": key })).status, 400, key);
});

test("subprotocols that are not unique tokens are refused with 400, with the index of the fault", () => {
  const bad: readonly (readonly [value: string, message: RegExp])[] = [
    ["", /missing at index 0/],
    ["a b", /bad character at index 2/],
    ["a,", /missing at index 2/],
    ["a,,b", /bad character at index 2/],
    [",a", /bad character at index 0/],
    ["chat, a@b", /bad character at index 7/],
    ["chat, chat", /a token is there twice at index 6/],
    ["ch\u00e4t", /bad character at index 2/],
    ['"chat"', /bad character at index 0/],
    ["a, b;c", /bad character at index 4/],
  ];
  for (const [value, message] of bad) {
    const refusal = refused(read({ "sec-websocket-protocol": value }));
    assert.equal(refusal.status, 400, value);
    assert.match(refusal.message, message);
  }
});

test("the answer is a 101 with the headers that old browsers want, and no more", () => {
  assert.equal(
    encodeUpgradeResponse({ accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", offered: [] }),
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
  );
});

test("the answer names the subprotocol chosen, and appends more headers in their order", () => {
  const head = encodeUpgradeResponse({
    accept: "x",
    offered: ["a", "b"],
    subprotocol: "b",
    headers: [
      ["Set-Cookie", "one=1"],
      ["Set-Cookie", "two=2"],
      ["X-Latin", "\u00e9"],
    ],
  });
  assert.ok(
    head.endsWith(
      "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: b\r\n" +
        "Set-Cookie: one=1\r\nSet-Cookie: two=2\r\nX-Latin: \u00e9\r\n\r\n",
    ),
    head,
  );
});

test("a subprotocol that was not asked for is never answered", () => {
  for (const [asked, subprotocol] of [
    [[], "chat"],
    [["chat"], "Chat"],
  ] as const) {
    assert.throws(() => encodeUpgradeResponse({ accept: "x", offered: asked, subprotocol }), {
      code: "INVALID_SUBPROTOCOL",
    });
  }
  assert.doesNotMatch(
    encodeUpgradeResponse({ accept: "x", offered: ["chat"], subprotocol: "" }),
    /Protocol:/,
  );
});

test("headers that the handshake decides, or that no 101 may have, are left out of the answer", () => {
  const head = encodeUpgradeResponse({
    accept: "x",
    offered: ["chat"],
    headers: new Headers({
      connection: "close",
      upgrade: "h2c",
      "content-length": "5",
      "transfer-encoding": "chunked",
      "sec-websocket-accept": "y",
      "sec-websocket-protocol": "chat",
      "sec-websocket-extensions": "permessage-deflate",
      "x-kept": "1",
    }),
  });
  assert.deepEqual(head.split("\r\n").slice(1), [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: x",
    "x-kept: 1",
    "",
    "",
  ]);
});

test("a header that would break the head throws", () => {
  const bad: readonly (readonly [name: string, value: string])[] = [
    ["X-A", "a\r\nX-B: b"],
    ["X-A", "a\nb"],
    ["X-A", "a\rb"],
    ["X-A", "a\0b"],
    ["X-A", "snow \u2603"],
    ["X-A: 1\r\nX-B", "b"],
    ["X A", "b"],
    ["", "b"],
  ];
  for (const header of bad) {
    const parts = { accept: "x", offered: [], headers: [header] };
    assert.throws(() => encodeUpgradeResponse(parts), { name: "WirehallError", code: "INVALID_HEADER" });
  }
  assert.throws(() => encodeUpgradeResponse({ accept: "x\r\nY: z", offered: [] }), {
    code: "INVALID_HEADER",
  });
});

test("a handshake whose Host is not one host is 400", () => {
  const bad = [
    "",
    "a.example, b.example",
    "a.example,b.example",
    "a b",
    "a.example/x",
    "u@a.example",
    "a:80:80",
    "[::1",
  ];
  for (const host of bad) {
    const refusal = refused(read({ host }));
    assert.equal(refusal.status, 400, host);
    assert.match(refusal.message, /Host/);
  }
  for (const host of ["a.example", "A.example:8080", "[::1]:80", "127.0.0.1", "a_b.example", "a.example:"]) {
    assert.equal(read({ host }).ok, true, host);
  }
});

test("a handshake without Host is 400", () => {
  const refusal = refused(read({ host: undefined }));
  assert.equal(refusal.status, 400);
  assert.match(refusal.message, /Host/);
});
