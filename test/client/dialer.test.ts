import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "wirehall";
import { dialer } from "../../src/dialer.ts";
import { head, MemoryStream } from "./memory.ts";

test("context takeover that the platform lacks is not offered, and the log says so once", async () => {
  const entries: LogEntry[] = [];
  const log = (entry: LogEntry) => entries.push(entry);
  let stream = new MemoryStream();
  const dial = dialer<MemoryStream>({
    sha1: (bytes) => bytes,
    randomBytes: (target) => target.fill(0),
    gaps: () => ({ contextTakeover: "it has no dictionaries" }),
    environment: () => undefined,
    connect: async () => stream,
    startTls: async () => stream,
    socket: () => assert.fail("the handshake came to something"),
    defer: () => assert.fail("the handshake came to something"),
  });
  const offers = async (compression: { contextTakeover: boolean; maxWindowBits?: number }) => {
    stream = new MemoryStream();
    stream.push(head("HTTP/1.1 404 x", "Content-Length: 0"));
    await assert.rejects(dial("ws://h/", {}, { compression, log }), { code: "REFUSED" });
    return /^Sec-WebSocket-Extensions: permessage-deflate; (.*)\r$/m.exec(stream.written)?.[1];
  };
  const none = "server_no_context_takeover; client_no_context_takeover";
  assert.equal(await offers({ contextTakeover: false }), `${none}; client_max_window_bits`);
  assert.deepEqual(entries, []);
  assert.equal(await offers({ contextTakeover: true }), `${none}; client_max_window_bits`);
  assert.equal(
    await offers({ contextTakeover: true, maxWindowBits: 10 }),
    `${none}; server_max_window_bits=10; client_max_window_bits=10`,
  );
  assert.deepEqual(
    entries.map(({ event, message }) => `${event}: ${message}`),
    ["compression-missing: compression is without contextTakeover: it has no dictionaries"],
  );
});
