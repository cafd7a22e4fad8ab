import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type HeadProgress,
  type ResponseHead,
  requestHeadReader,
  responseHeadReader,
} from "../../src/protocol/mod.ts";
import { concat } from "./frames.ts";

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const REQUEST =
  "GET /chat?a=b HTTP/1.1\r\nHost: example.com\r\nX-Two: 1\r\nx-two:2 \t\r\nX-Empty:\r\n" +
  "X-Latin: \xe9\r\n\r\n";
const RESPONSE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

function faultOf(progress: HeadProgress<unknown>): string {
  assert.equal(progress.state, "fault", JSON.stringify(progress));
  return progress.state === "fault" ? `${progress.status} ${progress.message}` : "";
}

test("a request's head is read, and what follows it is left", () => {
  const progress = requestHeadReader().receive(concat(latin1(REQUEST), Uint8Array.of(0x81, 0x80)));
  assert.equal(progress.state, "done");
  if (progress.state !== "done") return;
  const { head, consumedBytes } = progress;
  assert.equal(consumedBytes, REQUEST.length);
  assert.deepEqual([head.method, head.target, head.httpVersion], ["GET", "/chat?a=b", "1.1"]);
  assert.equal(head.headers.get("HOST"), "example.com");
  assert.equal(head.headers.get("X-Two"), "1, 2");
  assert.equal(head.headers.get("x-empty"), "");
  assert.equal(head.headers.get("x-latin"), "\xe9");
  assert.equal(head.headers.get("x-none"), null);
  assert.deepEqual([...head.headers][2], ["x-two", "2"]);
});

test("a response's head is the same however its bytes are cut", () => {
  const stream = concat(latin1(RESPONSE), Uint8Array.of(0x81, 0x00, 0x0d, 0x0a));
  for (let cut = 0; cut < RESPONSE.length; cut++) {
    const reader = responseHeadReader();
    assert.deepEqual(reader.receive(stream.subarray(0, cut)), { state: "more" });
    const progress = reader.receive(stream.subarray(cut));
    assert.equal(progress.state, "done");
    if (progress.state !== "done") return;
    assert.equal(progress.consumedBytes, RESPONSE.length - cut);
    assert.equal(progress.head.status, 101);
    assert.equal(progress.head.statusText, "Switching Protocols");
    assert.equal(progress.head.headers.get("upgrade"), "websocket");
  }
  const bytewise = responseHeadReader();
  let last: HeadProgress<ResponseHead> = { state: "more" };
  for (let at = 0; at < RESPONSE.length; at++) last = bytewise.receive(stream.subarray(at, at + 1));
  assert.equal(last.state, "done");
});

test("status lines with an odd reason or none are read", () => {
  for (const [line, text] of [
    ["HTTP/1.1 400 ", ""],
    ["HTTP/1.0 400", ""],
    ["HTTP/1.1 200 Alles \xfcber", "Alles \xfcber"],
  ] as const) {
    const progress = responseHeadReader().receive(latin1(`${line}\r\n\r\n`));
    assert.equal(progress.state === "done" ? progress.head.statusText : undefined, text, line);
  }
});

test("a malformed first line is a fault", () => {
  const requests = [
    "GET  / HTTP/1.1",
    "GET / HTTP/2.0",
    "GET /",
    "G@T / HTTP/1.1",
    " GET / HTTP/1.1",
    "GET /\xe9 HTTP/1.1",
    "",
  ];
  for (const line of requests) {
    assert.match(
      faultOf(requestHeadReader().receive(latin1(`${line}\r\n\r\n`))),
      /^400 the request line/,
      line,
    );
  }
  for (const line of ["HTTP/1.1 1O1 x", "HTTP/1.1 99 x", "HTTP/3 200 x", "ICY 200 OK", "HTTP/1.1  101 x"]) {
    assert.match(
      faultOf(responseHeadReader().receive(latin1(`${line}\r\n\r\n`))),
      /^400 the status line/,
      line,
    );
  }
});

test("a peer that does not speak HTTP/1 is found out by its first bytes", () => {
  for (const greeting of ["SSH-2.0-x\r\n", "\x15\x03\x01\x00\x02", "HTTP/2", "\r\n"]) {
    assert.match(faultOf(responseHeadReader().receive(latin1(greeting))), /^400 .* HTTP\/1\.$/, greeting);
  }
  const reader = responseHeadReader();
  assert.equal(reader.receive(latin1("HT")).state, "more");
  assert.match(faultOf(reader.receive(latin1("ML"))), /^400 /);
});

test("folded lines of a response are one, with a space between them", () => {
  const head = "HTTP/1.1 101 x\r\nX-A: 1\r\n  2\r\n\t3\r\nX-B:\r\n b\r\nX-C: c\r\n \r\n\r\n";
  const progress = responseHeadReader().receive(latin1(head));
  assert.equal(progress.state, "done");
  if (progress.state !== "done") return;
  assert.deepEqual(
    [...progress.head.headers].map(([name, value]) => [name, value.replace(/\s+/g, " ")]),
    [
      ["X-A", "1 2 3"],
      ["X-B", "b"],
      ["X-C", "c"],
    ],
  );
  const early = responseHeadReader().receive(latin1("HTTP/1.1 101 x\r\n X-A: 1\r\n\r\n"));
  assert.match(faultOf(early), /^400 header line 1 has a bad character at index 0$/);
});

test("the end of a head is found behind a stray CR", () => {
  for (const end of ["\r\r\n\r\n", "\r\n\r\r\n\r\n", "\n\r\n\r\n"]) {
    assert.match(faultOf(responseHeadReader().receive(latin1(`HTTP/1.1 101 x${end}`))), /^400/);
  }
});

test("a malformed header line is a fault, with the line and the index of the bad character", () => {
  const bad: readonly (readonly [line: string, where: string])[] = [
    ["no colon", "line 2 has a bad character at index 2"],
    ["X-A : 1", "line 2 has a bad character at index 3"],
    [" folded: 1", "line 2 has a bad character at index 0"],
    [": 1", "line 2 has a bad character at index 0"],
    ["X-A: a\nb", "line 2 has a bad character at index 6"],
    ["X-A: a\rb", "line 2 has a bad character at index 6"],
    ["X-A: \0", "line 2 has a bad character at index 5"],
  ];
  for (const [line, where] of bad) {
    const head = latin1(`GET / HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n`);
    assert.match(faultOf(requestHeadReader().receive(head)), new RegExp(`^400 header ${where}$`), line);
  }
});

test("a head that does not end within the limit is a fault, from the byte that shows it", () => {
  const line = "X-Fill: ".padEnd(62, "x");
  const long = latin1(`HTTP/1.1 101 x\r\n${`${line}\r\n`.repeat(400)}\r\n`);
  assert.match(faultOf(responseHeadReader().receive(long)), /^431 .*16384 bytes/);
  const reader = responseHeadReader(100);
  for (let at = 0; at < 99; at++) assert.equal(reader.receive(long.subarray(at, at + 1)).state, "more");
  assert.match(faultOf(reader.receive(long.subarray(99, 100))), /^431 .*100 bytes/);
});

test("a head of exactly the limit is read", () => {
  const bytes = concat(latin1(RESPONSE), Uint8Array.of(1, 2, 3));
  assert.equal(responseHeadReader(RESPONSE.length).receive(bytes).state, "done");
  assert.match(faultOf(responseHeadReader(RESPONSE.length - 1).receive(bytes)), /^431/);
});
