import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type DialedConnection, type DialHandler, type DialOptions, dial } from "wirehall/node";
import { manualClock } from "wirehall/testing";
import { sameBytes } from "../support/bytes.ts";
import { closePayload, opcodes } from "../support/raw-frames.ts";
import { type RawPeer, RawServer } from "./server.ts";

const { text, binary, close, ping, pong } = opcodes;

describe("a dialed connection", () => {
  let server: RawServer;
  before(async () => {
    server = await RawServer.start();
  });
  after(() => server.stop());

  /** A connection and the server's end of it. */
  async function open(
    handler: DialHandler = {},
    options: DialOptions = {},
  ): Promise<{ connection: DialedConnection; peer: RawPeer }> {
    const dialed = dial(server.url, handler, { log: () => {}, ...options });
    const peer = await server.peer();
    await peer.accept();
    return { connection: await dialed, peer };
  }

  test("a message in the same write as the 101 finds the caller with its connection", async () => {
    const order: string[] = [];
    const heard = Promise.withResolvers<void>();
    const wrapped = async (): Promise<DialedConnection> => await dial(server.url, handler);
    const handler: DialHandler = {
      message(_, data) {
        order.push(String(data));
        heard.resolve();
      },
    };
    const dialed = wrapped().then((connection) => {
      order.push("dialed");
      return connection;
    });
    const peer = await server.peer();
    await peer.accept([], [{ opcode: text, payload: "first" }]);
    const connection = await dialed;
    await heard.promise;
    assert.deepEqual(order, ["dialed", "first"]);
    connection.terminate();
  });

  test("messages go both ways, and each frame has a masking key of its own", async () => {
    const { connection, peer } = await open({ message: (from, data) => from.send(data) });
    peer.send({ opcode: text, payload: "hé" }, { opcode: binary, payload: Uint8Array.of(1, 2) });
    assert.equal(await peer.next(), 'text masked of 3 bytes "h\u00c3\u00a9"');
    assert.equal(await peer.next(), 'binary masked of 2 bytes "\\u0001\\u0002"');
    const keys = new Set<string>();
    for (let count = 0; count < 2000; count++) connection.send("x");
    await peer.socket.wait(
      () => (peer.socket.received.length < 2000 * 7 ? undefined : true),
      () => "2000 frames",
    );
    for (let at = 0; at < 2000 * 7; at += 7) keys.add(peer.socket.received.toString("hex", at + 2, at + 6));
    assert.ok(keys.size > 1990, `${keys.size} keys`);
    connection.terminate();
  });

  test("an address of IPv6 is reached, and told in the Host header", async () => {
    const own = await RawServer.start({ host: "::1" });
    try {
      const dialed = dial(own.url, {});
      const peer = await own.peer();
      assert.match(await peer.accept(), /^host: \[::1\]:\d+\r$/im);
      (await dialed).terminate();
      await peer.ended();
    } finally {
      await own.stop();
    }
  });

  test("1 MiB of bytes comes back as it was, whole and in pieces", async () => {
    const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 31) ^ (index >> 8));
    const echoed = Promise.withResolvers<unknown>();
    const { connection, peer } = await open({ message: (_, data) => echoed.resolve(data) });
    connection.send(bytes);
    const { payload, masked } = await peer.frame();
    assert.equal(masked, true);
    sameBytes(payload, bytes);
    peer.send(
      { opcode: binary, payload: payload.subarray(0, 700_000), fin: false },
      { opcode: opcodes.continuation, payload: payload.subarray(700_000) },
    );
    sameBytes(await echoed.promise, bytes);
    connection.terminate();
  });

  test("a message above maxMessageBytes closes with 1009", async () => {
    const { connection, peer } = await open({}, { maxMessageBytes: 10 });
    peer.send({ opcode: text, payload: "12345678901" });
    assert.match(await peer.next(), /^close masked of \d+ bytes 1009 /);
    assert.equal((await connection.closed).code, 1009);
  });

  test("a masked frame closes with 1002 (RFC 6455 5.1)", async () => {
    const { connection, peer } = await open();
    peer.send({ opcode: text, payload: "x", mask: Uint8Array.of(1, 2, 3, 4) });
    assert.match(await peer.next(), /^close masked of \d+ bytes 1002 /);
    peer.socket.finish();
    assert.equal(await peer.ended(), "fin");
    const { code, wasClean } = await connection.closed;
    assert.deepEqual([code, wasClean], [1002, false]);
  });

  test("the close hook hears the server's close frame once, after the last message", async () => {
    const calls: unknown[] = [];
    const { connection, peer } = await open({
      async message(_, data) {
        await Promise.resolve();
        calls.push(data);
      },
      close: (_, end) => calls.push(end),
    });
    peer.send(
      { opcode: text, payload: "1" },
      { opcode: text, payload: "2" },
      { opcode: close, payload: closePayload(4001, "bye") },
      { opcode: text, payload: "too late" },
    );
    assert.equal(await peer.next(), 'close masked of 5 bytes 4001 "bye"');
    peer.socket.finish();
    assert.equal(await peer.ended(), "fin");
    const end = { code: 4001, reason: "bye", wasClean: true };
    assert.deepEqual(await connection.closed, end);
    assert.deepEqual(await connection.closed, end);
    assert.deepEqual(calls, ["1", "2", end]);
  });

  test("closing sends code and reason, and ends once the server has answered and ended TCP", async () => {
    const { connection, peer } = await open({ message: () => assert.fail("a message after close") });
    connection.close(4002, "enough");
    connection.close(4003);
    assert.equal(connection.send("too late"), false);
    assert.equal(await peer.next(), 'close masked of 8 bytes 4002 "enough"');
    peer.send({ opcode: text, payload: "crossed" }, { opcode: close, payload: closePayload(4002, "enough") });
    assert.deepEqual(await connection.closed, { code: 4002, reason: "enough", wasClean: true });
    await assert.rejects(connection.drained(), { code: "CONNECTION_CLOSED" });
    peer.socket.finish();
    assert.equal(await peer.ended(), "fin");
  });

  test("a server that leaves the close frame without an answer is dropped after closeTimeoutMs", async () => {
    const clock = manualClock();
    const { connection, peer } = await open({}, { clock, closeTimeoutMs: 300 });
    connection.close(1000);
    await peer.next();
    clock.advance(300);
    assert.deepEqual(await connection.closed, { code: 1000, reason: "", wasClean: false });
    await peer.ended();
  });

  test("a server that answers the close frame but keeps TCP open is dropped after closeTimeoutMs", async () => {
    const clock = manualClock();
    const { connection, peer } = await open({}, { clock, closeTimeoutMs: 300 });
    connection.close();
    await peer.next();
    peer.send({ opcode: close });
    assert.deepEqual(await connection.closed, { code: 1005, reason: "", wasClean: true });
    assert.equal(peer.socket.end, undefined);
    clock.advance(300);
    await peer.ended();
  });

  test("a server that is gone without a close frame ends with 1006, by FIN and by reset", async () => {
    for (const leave of ["finish", "reset"] as const) {
      const { connection, peer } = await open();
      peer.socket[leave]();
      assert.deepEqual(await connection.closed, { code: 1006, reason: "", wasClean: false });
      await peer.ended();
    }
  });

  test("terminate drops the connection at once, and the close hook sees 1006", async () => {
    const ends: unknown[] = [];
    const { connection, peer } = await open({ close: (_, end) => ends.push(end) });
    connection.terminate();
    const end = { code: 1006, reason: "", wasClean: false };
    assert.deepEqual(await connection.closed, end);
    assert.deepEqual(ends, [end]);
    await peer.ended();
  });

  test("terminate drops what waits with the connection", async () => {
    const { connection, peer } = await open();
    peer.socket.pause();
    const piece = new Uint8Array(1024 * 1024);
    while (connection.bufferedAmount < 16 * piece.length) connection.send(piece);
    connection.terminate();
    assert.equal(connection.bufferedAmount, 0);
    assert.equal((await connection.closed).code, 1006);
    peer.socket.resume();
    await peer.ended();
    assert.ok(peer.socket.received.length < 16 * piece.length);
  });

  test("what was sent before the connection was read from leaves, and so does a close", async () => {
    const dialed = dial(server.url, {}).then((connection) => {
      connection.send("at once");
      connection.close();
      return connection;
    });
    const peer = await server.peer();
    await peer.accept();
    await dialed;
    assert.equal(await peer.next(), 'text masked of 7 bytes "at once"');
    assert.equal(await peer.next(), 'close masked of 0 bytes ""');
    peer.socket.finish();
    await peer.ended();
  });

  test("pings are answered, and pongs are told at once, although a message is being handled", async () => {
    const gate = Promise.withResolvers<void>();
    const ponged = Promise.withResolvers<Uint8Array>();
    const { connection, peer } = await open({
      message: () => gate.promise,
      pong: (_, payload) => ponged.resolve(payload),
    });
    peer.send({ opcode: text, payload: "wait" }, { opcode: ping, payload: "there?" });
    assert.equal(await peer.next(), 'pong masked of 6 bytes "there?"');
    connection.ping("here?");
    assert.equal(await peer.next(), 'ping masked of 5 bytes "here?"');
    peer.send({ opcode: pong, payload: "here?" });
    assert.equal(new TextDecoder().decode(await ponged.promise), "here?");
    gate.resolve();
    connection.terminate();
  });

  for (const hook of ["message", "pong"] as const) {
    test(`a ${hook} hook that throws closes with 1011, and reaches error`, async () => {
      const boom = new Error("boom");
      const errors: unknown[] = [];
      const { connection, peer } = await open({
        [hook]: () => {
          throw boom;
        },
        error: (_, error) => errors.push(error),
      });
      peer.send({ opcode: opcodes[hook === "message" ? "text" : "pong"], payload: "x" });
      assert.equal(await peer.next(), 'close masked of 2 bytes 1011 ""');
      peer.send({ opcode: close, payload: closePayload(1011) });
      peer.socket.finish();
      assert.equal((await connection.closed).code, 1011);
      assert.deepEqual(errors, [boom]);
    });
  }

  test("send tells when output backs up, and drain comes when it has left", async () => {
    const drains: number[] = [];
    const { connection, peer } = await open({ drain: (from) => drains.push(from.bufferedAmount) });
    peer.socket.pause();
    const piece = new Uint8Array(64 * 1024);
    let pieces = 1;
    while (connection.send(piece)) pieces++;
    // The next goes beyond what the kernel takes.
    for (; connection.bufferedAmount < 4 * 1024 * 1024; pieces++) connection.send(piece);
    assert.deepEqual(drains, []);
    const drained = connection.drained();
    peer.socket.resume();
    for (let count = 0; count < pieces; count++)
      assert.equal((await peer.frame()).payload.length, piece.length);
    await drained;
    assert.equal(drains.length, 1);
    assert.ok((drains[0] as number) <= 64 * 1024);
    connection.terminate();
  });

  test("reading pauses while a message is being handled, and nothing is lost", async () => {
    const gate = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    const seen: number[] = [];
    const count = 20_000;
    let active = 0;
    const { connection, peer } = await open(
      {
        async message(_, data) {
          assert.equal(++active, 1);
          await gate.promise;
          active--;
          if (seen.push(Number.parseInt(String(data), 10)) === count) all.resolve();
        },
      },
      { maxQueuedMessages: 10 },
    );
    peer.send(
      ...Array.from({ length: count }, (_, index) => ({ opcode: text, payload: `${index} `.padEnd(400) })),
    );
    peer.send({ opcode: ping, payload: "behind" });
    gate.resolve();
    await all.promise;
    assert.deepEqual(
      seen,
      Array.from({ length: count }, (_, index) => index),
    );
    connection.terminate();
  });

  test("what a caller does wrong throws, and the connection stays open", async () => {
    const { connection, peer } = await open();
    assert.throws(() => connection.close(1005), { code: "INVALID_CLOSE" });
    assert.throws(() => connection.close(1000, "é".repeat(62)), { code: "INVALID_CLOSE" });
    assert.throws(() => connection.send(7 as unknown as string), { code: "INVALID_ARGUMENT" });
    assert.throws(() => connection.ping("x".repeat(126)), { code: "INVALID_ARGUMENT" });
    connection.send("still here");
    assert.equal(await peer.next(), 'text masked of 10 bytes "still here"');
    connection.terminate();
  });

  // RFC 6455 4.1 would have the second wait; src/client/dial.ts says why it does not.
  test("a server that is slow to answer one dial holds up no other", async () => {
    const slow = dial(server.url, {});
    const slowPeer = await server.peer();
    const { connection } = await open();
    await slowPeer.accept();
    (await slow).terminate();
    connection.terminate();
  });

  test("the subprotocol and the headers of the answer are told", async () => {
    const dialed = dial(server.url, {}, { subprotocols: ["a", "b"], headers: { cookie: "sid=1" } });
    const peer = await server.peer();
    const request = await peer.accept(["Sec-WebSocket-Protocol: b", "X-Served-By: raw"]);
    assert.match(request, /^sec-websocket-protocol: a, b$/im);
    assert.match(request, /^cookie: sid=1$/im);
    assert.match(request, /^host: 127\.0\.0\.1:\d+$/im);
    const connection = await dialed;
    assert.equal(connection.subprotocol, "b");
    assert.equal(connection.headers.get("x-served-by"), "raw");
    connection.terminate();
  });
});
