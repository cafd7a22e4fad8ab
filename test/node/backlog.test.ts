import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { type Connection, type EndpointOptions, type Handler, publish, websocket } from "wirehall";
import { collectGarbage } from "../fuzz/held.ts";
import { type PeerStream, peersOf } from "./peers.ts";

const MIB = 1024 * 1024;
const log = () => {};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

async function memoryBytes(): Promise<number> {
  await collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function open(handler: Handler, options: EndpointOptions = {}) {
  const opened: Connection[] = [];
  const noted: Handler = { ...handler, open: (connection) => void opened.push(connection) };
  const peers = peersOf(websocket(noted, { log, pingIntervalMs: 0, ...options }));
  return {
    async connect(): Promise<{ stream: PeerStream; connection: Connection }> {
      const stream = await peers.connect();
      return { stream, connection: opened.at(-1) as Connection };
    },
  };
}

test("10,000 subscribers, of whom one does not read: it holds what it is counted for, and no more", async () => {
  const topic = "backlog.test/all";
  const { connect } = await open({});
  const { stream, connection } = await connect();
  const others: Connection[] = [];
  for (let count = 1; count < 10_000; count++) others.push((await connect()).connection);
  for (const one of [connection, ...others]) one.subscribe(topic);
  stream.reads = false;
  const before = await memoryBytes();
  const message = "x".repeat(1_000);
  for (let round = 0; round < 20; round++) {
    for (let count = 0; count < 150; count++) assert.equal(publish(topic, message), 10_000);
    await nextTurn();
  }
  const waiting = connection.bufferedAmount;
  assert.ok(waiting > 2.5 * MIB && waiting < 3 * MIB, `${waiting} bytes wait`);
  const grown = (await memoryBytes()) - before;
  assert.ok(grown < 2 * waiting, `${grown} bytes for ${waiting} that wait`);
});

test("small messages that wait between those of others don't keep the pool alive", async () => {
  const { connect } = await open({});
  const slow = await connect();
  const fast = await connect();
  slow.stream.reads = false;
  const before = await memoryBytes();
  for (let count = 0; count < 20_000; count++) {
    slow.connection.send("a small one");
    // Together more than a slab of the pool for each four.
    fast.connection.send("y".repeat(5_000));
    fast.connection.send("y".repeat(5_000));
    fast.connection.send("y".repeat(5_000));
    if (count % 10 === 0) await nextTurn();
  }
  const waiting = slow.connection.bufferedAmount;
  assert.ok(waiting >= 20_000 * 13, `${waiting} bytes wait`);
  const grown = (await memoryBytes()) - before;
  // Without the copies it would be over 300 MiB.
  assert.ok(grown < 4 * MIB, `${grown} bytes for ${waiting} that wait`);
});

test("a stream gets no more than 256 KiB at once, and drain comes when most has left", async () => {
  let drains = 0;
  const { connect } = await open({ drain: () => void drains++ }, { maxBufferedBytes: 64 * MIB });
  const { stream, connection } = await connect();
  const taken: Uint8Array[] = [];
  stream.on("taken", (chunks: Uint8Array[]) => taken.push(...chunks));
  stream.reads = false;
  const large = Uint8Array.from({ length: 3 * MIB }, (_, index) => (index * 31 + (index >> 8)) & 255);
  connection.send("before");
  connection.send(large);
  connection.send("after");
  let last = connection.bufferedAmount;
  assert.ok(last > 3 * MIB);
  await nextTurn();
  while (connection.bufferedAmount > 0) {
    assert.equal(drains, 0);
    stream.readOn();
    stream.reads = false;
    await nextTurn();
    assert.ok(connection.bufferedAmount < last, "output leaves bit by bit");
    last = connection.bufferedAmount;
  }
  assert.equal(drains, 1);
  assert.ok(stream.mostBytes <= 256 * 1024, `${stream.mostBytes} bytes at once`);
  const bytes = Buffer.concat(taken);
  assert.equal(bytes.subarray(2, 8).toString(), "before");
  assert.deepEqual(new Uint8Array(bytes.subarray(18, 18 + large.length)), large);
  assert.equal(bytes.subarray(-5).toString(), "after");
});

test("a close frame behind output that waits is written when it can be, and then the stream ends", async () => {
  const { connect } = await open({});
  const { stream, connection } = await connect();
  stream.reads = false;
  for (let count = 0; count < 10; count++) {
    connection.send("z".repeat(50_000));
    await nextTurn();
  }
  connection.close(4000, "bye");
  const taken: Uint8Array[] = [];
  stream.on("taken", (chunks: Uint8Array[]) => taken.push(...chunks));
  while (!Buffer.concat(taken).subarray(-3).equals(Buffer.from("bye"))) {
    stream.readOn();
    await nextTurn();
  }
  stream.push(Buffer.from("888200000000" + "0fa0", "hex"));
  await nextTurn();
  assert.equal(stream.writableEnded, true);
});

test("a peer that closes while output waits gets the answer behind it, and the stream ends", async () => {
  const { connect } = await open({});
  const { stream, connection } = await connect();
  stream.reads = false;
  for (let count = 0; count < 20; count++) {
    connection.send("z".repeat(50_000));
    await nextTurn();
  }
  stream.push(Buffer.from("888200000000" + "0fa0", "hex"));
  await nextTurn();
  assert.equal(stream.writableEnded, true);
  const taken: Uint8Array[] = [];
  stream.on("taken", (chunks: Uint8Array[]) => taken.push(...chunks));
  const finished = new Promise((resolve) => stream.once("finish", resolve));
  stream.readOn();
  await finished;
  assert.equal(Buffer.concat(taken).subarray(-4).toString("hex"), "88020fa0");
});
