import assert from "node:assert/strict";
import type { RawClient } from "../../support/raw-client.ts";
import { opcodes } from "../../support/raw-frames.ts";
import type { Answer } from "../../support/raw-http.ts";
import { join, seesNothingMore } from "../../support/room-client.ts";
import type { Counts, Target } from "../../support/target.ts";
import type { Case, Group } from "../case.ts";

const first = "127.0.0.1";
const second = "127.0.0.2";
const third = "127.0.0.3";

/** Opens one after another: few handshakes may be in flight. */
async function openAll(target: Target, from: readonly string[]): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (const address of from) clients.push(await target.open({ path: "/echo", from: address }));
  return clients;
}

async function echoes(clients: readonly RawClient[]): Promise<void> {
  for (const client of clients) client.text("undisturbed");
  for (const client of clients) assert.equal(await client.message(), "undisturbed");
}

function isUnavailable(answer: Answer): void {
  assert.equal(answer.status, 503);
  assert.match(answer.header("retry-after") ?? "", /^\d+$/);
  assert.equal(answer.body.toString(), "Service Unavailable\n");
}

/** Nothing of an earlier case is left. */
function atRest(target: Target): Promise<Counts> {
  return target.counts(({ connections, handshakes }) => connections === 0 && handshakes === 0);
}

/** What was counted and logged since, once there is as much of the reason as there should be. */
async function refusedSince(target: Target, before: Counts, reason: string, times = 1): Promise<Counts> {
  const was = before.refusals[reason] ?? 0;
  const counts = await target.counts(({ refusals }) => (refusals[reason] ?? 0) >= was + times);
  assert.equal(counts.refusals[reason], was + times);
  return counts;
}

/** A connection that is cut off by a limit: the code, the count, the log, and another that goes on. */
function cutOff(
  name: string,
  path: string,
  reason: string,
  code: number,
  more: Partial<Case>,
  act: Act,
): Case {
  return {
    name: `limits: ${name}`,
    limits: "counts",
    ...more,
    async run(target) {
      const before = await atRest(target);
      const other = await target.open(path);
      const client = await target.open(path);
      await act(client, other);
      const { code: seen } = await client.endedByServer();
      assert.equal(seen, code);
      const { entries, closes } = await refusedSince(target, before, reason);
      assert.equal(closes[code], (before.closes[code] ?? 0) + 1);
      if (!foundByTransport.includes(reason)) {
        const { address, ...entry } = entries.at(-1) ?? {};
        assert.deepEqual(entry, { event: reason, level: "warn", reason });
        assert.ok(target.runtime === "workers" || address === first, address);
      }
      await echoes([other]);
    },
  };
}

/** What is found before a session hears of it, whose handler is told by the close code. */
const foundByTransport = ["fragments", "message-bytes"];

type Act = (client: RawClient, other: RawClient) => Promise<void>;

export const limits: Group = {
  title: "limits",
  cases: [
    {
      name: "limits: connections in all are 503 above maxConnections, and a place is free again after each close",
      limits: "counts",
      needs: "connectionCounts",
      async run(target) {
        const before = await atRest(target);
        const clients = await openAll(target, [first, first, first, first, second, second]);
        isUnavailable(await target.refused({ path: "/echo", from: third }));
        const { entries } = await refusedSince(target, before, "connections");
        assert.deepEqual(entries.at(-1), {
          event: "refused",
          level: "warn",
          reason: "connections",
          address: third,
        });
        await echoes(clients);
        // By a closing handshake, and by a reset.
        clients[0].close(1000);
        clients[1].socket.reset();
        await clients[0].ended();
        await target.counts(({ connections }) => connections === 4);
        const more = await openAll(target, [third, third]);
        isUnavailable(await target.refused({ path: "/echo", from: third }));
        await echoes([...clients.slice(2), ...more]);
        for (const client of [...clients, ...more]) client.socket.destroy();
        const after = await atRest(target);
        assert.equal(after.opened, before.opened + 8);
        assert.equal(after.refusals.connections, (before.refusals.connections ?? 0) + 2);
      },
    },
    {
      name: "limits: one address has maxConnectionsPerAddress, and others are let in",
      limits: "counts",
      needs: "connectionCounts",
      async run(target) {
        const before = await atRest(target);
        const clients = await openAll(target, [first, first, first, first]);
        isUnavailable(await target.refused("/echo"));
        const { entries } = await refusedSince(target, before, "address");
        assert.equal(entries.at(-1)?.address, first);
        clients.push(await target.open({ path: "/echo", from: second }));
        await echoes(clients);
        clients[0].close(1000);
        await clients[0].ended();
        await target.counts(({ connections }) => connections === 4);
        await echoes([await target.open("/echo")]);
      },
    },
    {
      name: "limits: handshakes in flight are 503 above maxHandshakes, and those in flight are let in",
      limits: "counts",
      needs: "connectionCounts",
      async run(target) {
        const before = await atRest(target);
        const key = target.newKey();
        const waiting = [target.open(`/limits/held?key=${key}`), target.open(`/limits/held?key=${key}`)];
        await target.notes(key, 2, "asked");
        isUnavailable(await target.refused({ path: "/echo", from: second }));
        await refusedSince(target, before, "handshakes");
        await target.release(key);
        const clients = await Promise.all(waiting);
        await echoes([...clients, await target.open({ path: "/echo", from: second })]);
      },
    },
    {
      name: "limits: a client that goes in the middle of its handshake leaves no place taken",
      limits: "counts",
      needs: "connectionCounts",
      async run(target) {
        const before = await atRest(target);
        for (let round = 1; round <= 4; round++) {
          const key = target.newKey();
          const clients = [await target.connect(), await target.connect()];
          for (const client of clients) client.writeUpgrade({ path: `/limits/held?key=${key}` }, target.port);
          await target.notes(key, 2, "asked");
          for (const client of clients) client.socket.reset();
          await target.release(key);
          await atRest(target);
        }
        const after = await target.counts();
        assert.equal(after.refusals.handshakes, before.refusals.handshakes);
        await echoes(await openAll(target, [first, first, first, first]));
      },
    },
    {
      name: "limits: a refusal of the app's takes no place",
      limits: "counts",
      needs: "connectionCounts",
      async run(target) {
        const before = await atRest(target);
        for (let round = 1; round <= 8; round++) await target.refused("/refuse/text");
        await target.refused("/throwing-upgrade?key=x");
        await target.refused({ path: "/echo", replace: { "sec-websocket-version": "7" } });
        await target.refused({ path: "/origin/default", headers: [["origin", "https://evil.example"]] });
        await target.refused({ path: "/subprotocol/list", headers: [["sec-websocket-protocol", "x"]] });
        const { refusals } = await atRest(target);
        const since = (reason: string) => (refusals[reason] ?? 0) - (before.refusals[reason] ?? 0);
        const reasons = ["app", "threw", "bad-handshake", "origin", "subprotocol"];
        assert.deepEqual(reasons.map(since), [8, 1, 1, 1, 1]);
        await echoes(await openAll(target, [first, first, first, first]));
      },
    },
    {
      name: "limits: headers above maxHeaderBytes are 431",
      limits: "counts",
      async run(target) {
        const before = await atRest(target);
        const other = await target.open("/echo");
        const long = (bytes: number) => ({
          path: "/echo",
          headers: [["x-long", "h".repeat(bytes)] as const],
        });
        const answer = await target.refused(long(5_000));
        assert.equal(answer.status, 431);
        const { entries } = await refusedSince(target, before, "header-bytes");
        const { event, reason } = entries.at(-1) ?? {};
        assert.deepEqual([event, reason], ["refused", "header-bytes"]);
        await target.refused({ path: `/echo?${"q".repeat(5_000)}` });
        await refusedSince(target, before, "header-bytes", 2);
        await echoes([other, await target.open(long(3_000))]);
      },
    },
    {
      name: "limits: an app that does not answer a handshake in time is 503",
      limits: "time",
      async run(target) {
        const before = await target.counts();
        const other = await target.open("/echo");
        isUnavailable(await target.refused("/limits/stuck"));
        const { handshakes } = await refusedSince(target, before, "handshake-time");
        assert.equal(handshakes, 0);
        await echoes([other, await target.open("/echo")]);
      },
    },
    {
      name: "limits: a client that does not finish its request in time is answered 408",
      limits: "time",
      needs: "handshakeTime",
      async run(target) {
        const before = await target.counts();
        const other = await target.open("/echo");
        const slow = await target.connect();
        slow.socket.write(`GET /echo HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nUpgrade: websocket\r\n`);
        const silent = await target.connect();
        for (const client of [slow, silent]) {
          assert.equal((await client.answer()).status, 408);
          await client.socket.wait(
            () => client.socket.end,
            () => "awaited the end of a request that was late",
          );
        }
        const { entries } = await refusedSince(target, before, "handshake-time", 2);
        for (const entry of entries.slice(-2)) {
          assert.deepEqual(entry, {
            event: "refused",
            level: "info",
            reason: "handshake-time",
            address: first,
          });
        }
        await echoes([other, await target.open("/echo")]);
      },
    },
    cutOff(
      "a message in more than maxFragments is 1008",
      "/limits/fragments",
      "fragments",
      1008,
      { needs: "fragmentLimit" },
      async (client) => {
        const part = { opcode: opcodes.continuation, payload: "b", fin: false };
        client.send({ opcode: opcodes.text, payload: "a", fin: false }, part, part, { ...part, fin: true });
        assert.equal(await client.message(), "abbb");
        client.send({ opcode: opcodes.text, payload: "a", fin: false }, part, part, part, part);
      },
    ),
    cutOff(
      "a message of more than maxMessageBytes is 1009",
      "/limits/byteRate",
      "message-bytes",
      1009,
      {},
      async (client) => client.text("x".repeat(1_001)),
    ),
    cutOff(
      "more messages than messageRate lets through are 1008",
      "/limits/messageRate",
      "message-rate",
      1008,
      {},
      async (client, other) => {
        client.text("one", "two", "three");
        assert.deepEqual(await client.messages(3), ["one", "two", "three"]);
        await echoes([other]);
        client.text("four");
      },
    ),
    cutOff(
      "more bytes than messageRate lets through are 1008",
      "/limits/byteRate",
      "message-rate",
      1008,
      {},
      async (client) => {
        // 600 bytes of UTF-8 in 200 units of UTF-16.
        client.text("€".repeat(200));
        assert.equal(await client.message(), "€".repeat(200));
        client.text("€".repeat(200));
      },
    ),
    {
      name: "limits: a member that sends faster than messageRate is closed with 1008, and the room goes on",
      limits: "counts",
      async run(target) {
        await atRest(target);
        const room = target.newKey();
        const other = await join(target, room, "ann");
        const client = await join(target, room, "bob");
        for (let index = 0; index < 5; index++) {
          client.text(`reply:${index}`);
          assert.equal(await client.message(), `${index}`);
        }
        client.text("reply:too much");
        const { code, reason } = await client.endedByServer();
        assert.deepEqual([code, reason], [1008, "too fast"]);
        assert.deepEqual(await other.messages(2), ["+bob", "-bob"]);
        await seesNothingMore(other);
      },
    },
    {
      name: "limits: what waits for a slow handler holds the peer back, or is 1013 where reading can't pause",
      limits: "counts",
      async run(target) {
        const before = await atRest(target);
        const key = target.newKey();
        const other = await target.open("/echo");
        const client = await target.open(`/limits/queue?key=${key}`);
        const count = 2_000;
        const texts = Array.from({ length: count }, (_, index) => `${index}`);
        client.text(...texts);
        if (target.can("pause")) {
          await target.release(key);
          assert.deepEqual(await client.messages(count), texts);
          assert.equal((await target.counts()).refusals["queue-full"], before.refusals["queue-full"]);
        } else {
          const frame = await client.frame("the close of a peer whose messages can't wait");
          assert.equal(frame.payload.readUInt16BE(), 1013);
          await refusedSince(target, before, "queue-full");
          await target.release(key);
        }
        await echoes([other]);
      },
    },
    {
      name: "metrics: messages, their bytes, closes and hooks are counted",
      limits: "metrics",
      async run(target) {
        const before = await target.counts();
        const client = await target.open("/echo");
        client.text("€");
        assert.equal(await client.message(), "€");
        client.binary(new Uint8Array(1_000));
        await client.message();
        client.close(4321);
        await client.ended();
        // The end is counted before the hook that hears of it is called.
        const after = await target.counts(({ hooks }) => (hooks.close ?? 0) > (before.hooks.close ?? 0));
        const since = (of: (counts: Counts) => number | undefined) => (of(after) ?? 0) - (of(before) ?? 0);
        assert.deepEqual([since(({ opened }) => opened), since(({ closes }) => closes[4321])], [1, 1]);
        const messages = ["received", "receivedBytes", "sent", "sentBytes"] as const;
        assert.deepEqual(
          messages.map((name) => since((counts) => counts.messages[name])),
          [2, 1_003, 2, 1_003],
        );
        assert.deepEqual(
          ["open", "message", "close"].map((hook) => since((counts) => counts.hooks[hook])),
          [1, 2, 1],
        );
        assert.equal(after.bufferedBytes, 0);
      },
    },
  ],
};
