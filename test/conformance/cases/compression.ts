import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { CapabilityName } from "../../../src/endpoint/capability.ts";
import { sameBytes } from "../../support/bytes.ts";
import type { RawClient } from "../../support/raw-client.ts";
import {
  deflated,
  inflated,
  openOffering,
  readDeflated,
  sendDeflated,
  sendPacked,
} from "../../support/raw-deflate.ts";
import { opcodes } from "../../support/raw-frames.ts";
import type { Target } from "../../support/target.ts";
import type { Case, Group } from "../case.ts";

const offer = "permessage-deflate; client_max_window_bits";
const noTakeover = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

/** A case against the fixture with --compress. */
function row(
  name: string,
  run: (target: Target) => Promise<void>,
  ...needs: readonly CapabilityName[]
): Case {
  return { name: `compression: ${name}`, compress: true, needs: ["compression", ...needs], run };
}

/** Offers that nobody may take, each with what is wrong. */
const bad: Readonly<Record<string, string>> = {
  "an unknown parameter": "permessage-deflate; level=9",
  "a parameter that comes twice": "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
  "server_max_window_bits without a value": "permessage-deflate; server_max_window_bits",
  "server_max_window_bits=0": "permessage-deflate; server_max_window_bits=0",
  "server_max_window_bits=7": "permessage-deflate; server_max_window_bits=7",
  "server_max_window_bits=16": "permessage-deflate; server_max_window_bits=16",
  "server_max_window_bits=08": "permessage-deflate; server_max_window_bits=08",
  "server_max_window_bits=8, which zlib would make 9": "permessage-deflate; server_max_window_bits=8",
  "client_max_window_bits=16": "permessage-deflate; client_max_window_bits=16",
  "a value of server_no_context_takeover": "permessage-deflate; server_no_context_takeover=1",
  "a value of client_no_context_takeover": "permessage-deflate; client_no_context_takeover=1",
};

async function isDeclined(target: Target, offered: string): Promise<void> {
  const { client, accepted } = await openOffering(target, offered);
  assert.equal(accepted, undefined);
  client.text("plain ".repeat(1000));
  const frame = await client.frame();
  assert.deepEqual([frame.rsv, frame.payload.toString()], [0, "plain ".repeat(1000)]);
}

async function takes(target: Target, offered: string, accepted: string, path?: string): Promise<RawClient> {
  const opened = await openOffering(target, offered, path);
  assert.equal(opened.accepted, accepted);
  await echoes(opened.client, "as agreed ".repeat(200));
  return opened.client;
}

async function echoes(client: RawClient, text: string): Promise<void> {
  sendDeflated(client, text);
  assert.equal((await readDeflated(client)).data.toString(), text);
}

async function endsWith(target: Target, code: number, send: (client: RawClient) => void): Promise<void> {
  const { client } = await openOffering(target, offer);
  send(client);
  assert.equal((await client.endedByServer()).code, code);
}

async function echoesPacked(
  target: Target,
  expected: string,
  ...fragments: readonly Uint8Array[]
): Promise<void> {
  const { client } = await openOffering(target, offer);
  sendPacked(client, opcodes.text, ...fragments);
  const { rsv, payload } = await client.frame();
  // workerd compresses so short an answer too.
  assert.equal((rsv === 0 ? payload : inflated(payload)).toString(), expected);
  await echoes(client, "still here ".repeat(200));
}

const hello = Buffer.from("f248cdc9c90700", "hex");
const emptyBlock = Buffer.from("000000ffff", "hex");

export const compression: Group = {
  title: "compression",
  cases: [
    {
      ...row("an offer is taken, without context takeover", async (target) => {
        const client = await takes(target, offer, noTakeover);
        for (const size of [1024, 70_000, 1024 * 1024]) {
          const bytes = Buffer.alloc(size, randomBytes(100));
          sendDeflated(client, bytes);
          const { data, packedBytes } = await readDeflated(client);
          sameBytes(data, bytes);
          assert.ok(packedBytes < size / 4, `${packedBytes} of ${size}`);
        }
      }),
      otherwise: (target) => isDeclined(target, offer),
    },
    row("without an offer nothing is compressed", async (target) => {
      const { client, answer } = await target.openWithAnswer("/echo");
      assert.equal(answer.header("sec-websocket-extensions"), null);
      client.text("x".repeat(5000));
      const frame = await client.frame();
      assert.deepEqual([frame.rsv, frame.payload.length], [0, 5000]);
    }),
    row("no takeover that is asked for is answered", async (target) => {
      const asked = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
      await takes(target, asked, noTakeover);
    }),
    ...Object.entries(bad).map(([name, offered]) =>
      row(`an offer with ${name} is declined`, (target) => isDeclined(target, offered), "compressionChoice"),
    ),
    row("the first of several offers that can be taken is", async (target) => {
      await takes(target, `x-other, ${Object.values(bad).join(", ")}, permessage-deflate`, noTakeover);
    }),
    row("offers over several lines are one list", async (target) => {
      const headers = [
        ["Sec-WebSocket-Extensions", "x-other; a=1"],
        ["sec-websocket-extensions", "permessage-deflate"],
      ] as const;
      const { answer } = await target.openWithAnswer({ path: "/echo", headers });
      assert.match(answer.header("sec-websocket-extensions") ?? "", /^permessage-deflate/);
    }),
    row(
      "server_max_window_bits is answered and kept to",
      async (target) => {
        const offered = "permessage-deflate; server_max_window_bits=10";
        const accepted = noTakeover.replace("; server", "; server_max_window_bits=10; server");
        const client = await takes(target, offered, accepted);
        const half = randomBytes(2000);
        client.binary(Buffer.concat([half, half]));
        const frame = await client.frame();
        assert.ok(frame.payload.length > 3900, `${frame.payload.length} bytes need a window of 2000`);
      },
      "windowLimit",
    ),
    row(
      "windows that an endpoint limits are so for both",
      async (target) => {
        const opened = await openOffering(target, offer, "/echo-compressed");
        assert.match(opened.accepted ?? "", /; client_max_window_bits=12;.* server_max_window_bits=12\b/);
      },
      "windowLimit",
    ),
    row(
      "context takeover, where an endpoint allows it, shrinks what was said before",
      async (target) => {
        const { client, accepted } = await openOffering(target, "permessage-deflate", "/echo-compressed");
        assert.equal(accepted, "permessage-deflate; server_max_window_bits=12");
        const message = randomBytes(400).toString("latin1");
        let history: Buffer | undefined;
        for (let turn = 0; turn < 12; turn++) {
          sendDeflated(client, message, history);
          const { data, packedBytes } = await readDeflated(client, history);
          assert.equal(data.toString(), message);
          assert.ok(turn === 0 || packedBytes < 50, `${packedBytes} bytes in turn ${turn}`);
          history = Buffer.concat([history ?? data.subarray(0, 0), data]).subarray(-4096);
        }
      },
      "contextTakeover",
    ),
    row(
      "context takeover goes the one way that the client leaves it",
      async (target) => {
        const asked = "permessage-deflate; server_no_context_takeover";
        const { client } = await openOffering(target, asked, "/echo-compressed");
        const message = randomBytes(400).toString("latin1");
        sendDeflated(client, message);
        const first = await readDeflated(client);
        sendDeflated(client, message, first.data);
        assert.equal((await readDeflated(client)).data.toString(), message);
      },
      "contextTakeover",
    ),
    row(
      "messages below the threshold are sent as they are",
      async (target) => {
        const { client } = await openOffering(target, offer);
        sendDeflated(client, "x".repeat(1023));
        const frame = await client.frame();
        assert.deepEqual([frame.rsv, frame.payload.toString()], [0, "x".repeat(1023)]);
        await echoes(client, "x".repeat(1024));
      },
      "compressionThreshold",
    ),
    row("messages that are not compressed are still taken", async (target) => {
      const { client } = await openOffering(target, offer);
      client.text("y".repeat(3000));
      assert.equal((await readDeflated(client)).data.toString(), "y".repeat(3000));
    }),
    row("fragments", async (target) => {
      const { client } = await openOffering(target, offer);
      const text = "some text €".repeat(500);
      const packed = deflated(text);
      const cuts = [0, 1, 1, 20, packed.length];
      sendPacked(client, opcodes.text, ...cuts.slice(1).map((cut, i) => packed.subarray(cuts[i], cut)));
      assert.equal((await readDeflated(client)).data.toString(), text);
    }),
    row(
      "a ping between fragments is answered before the message",
      async (target) => {
        const { client } = await openOffering(target, offer);
        const text = "some text €".repeat(500);
        const packed = deflated(text);
        client.send({ opcode: opcodes.text, rsv: 4, fin: false, payload: packed.subarray(0, 9) });
        client.ping("between");
        client.send({ opcode: opcodes.continuation, payload: packed.subarray(9) });
        const { opcode, rsv, payload } = await client.frame("a pong");
        assert.deepEqual([opcode, rsv, payload.toString()], [opcodes.pong, 0, "between"]);
        assert.equal((await readDeflated(client)).data.toString(), text);
      },
      "compressedPing",
    ),
    row("an empty message", (target) => echoesPacked(target, "", Buffer.of(0))),
    row("RFC 7692, 7.2.3.1: Hello in two fragments", (target) =>
      echoesPacked(target, "Hello", hello.subarray(0, 3), hello.subarray(3)),
    ),
    row("RFC 7692, 7.2.3.3: a block without compression", (target) =>
      echoesPacked(target, "Hello", Buffer.from("000500faff48656c6c6f00", "hex")),
    ),
    row("RFC 7692, 7.2.3.4: a final block", (target) =>
      echoesPacked(target, "Hello", Buffer.from("f348cdc9c9070000", "hex")),
    ),
    row("RFC 7692, 7.2.3.5: two blocks", (target) =>
      echoesPacked(target, "Hello", Buffer.from("f24805000000ffffcac9c90700", "hex")),
    ),
    row(
      "RFC 7692, 7.2.3.4: final blocks in the middle",
      (target) =>
        echoesPacked(
          target,
          "Hello",
          Buffer.concat([deflateRawSync("Hel"), deflateRawSync("lo"), emptyBlock, Buffer.of(0)]),
        ),
      "finalBlocks",
    ),
    row(
      "RSV1 on a continuation is 1002",
      (target) =>
        endsWith(target, 1002, (client) => {
          client.send({ opcode: opcodes.text, rsv: 4, fin: false, payload: hello.subarray(0, 3) });
          client.send({ opcode: opcodes.continuation, rsv: 4, payload: hello.subarray(3) });
        }),
      "reservedBitCheck",
    ),
    row(
      "RSV1 on a ping is 1002",
      (target) => endsWith(target, 1002, (client) => client.send({ opcode: opcodes.ping, rsv: 4 })),
      "reservedBitCheck",
    ),
    row("RSV2 beside RSV1 is 1002", (target) =>
      endsWith(target, 1002, (client) => client.send({ opcode: opcodes.text, rsv: 6, payload: hello })),
    ),
    row("RSV1 without an agreement is 1002", async (target) => {
      const client = await target.open("/echo");
      sendPacked(client, opcodes.text, hello);
      assert.equal((await client.endedByServer()).code, 1002);
    }),
    row("data that is no DEFLATE data is 1007, or 1002 by a runtime's own WebSocket", async (target) => {
      const { client } = await openOffering(target, offer);
      sendPacked(client, opcodes.binary, Buffer.of(0x06, 0x01, 0x02));
      const { code } = await client.endedByServer();
      assert.ok(code === 1007 || (code === 1002 && target.transport === "native"), `${code}`);
    }),
    row(
      "data that was cut off is 1007",
      (target) =>
        endsWith(target, 1007, (client) =>
          sendPacked(client, opcodes.binary, deflated(randomBytes(3000)).subarray(0, 2000)),
        ),
      "deflateCheck",
    ),
    row(
      "text that is no UTF-8 once it is inflated is 1007",
      (target) =>
        endsWith(target, 1007, (client) =>
          sendPacked(client, opcodes.text, deflated(Buffer.of(0x61, 0xc3, 0x28))),
        ),
      "utf8Check",
    ),
    row("maxMessageBytes holds after decompression: 1009", (target) =>
      endsWith(target, 1009, (client) => sendDeflated(client, new Uint8Array(1024 * 1024 + 1))),
    ),
    row("a bomb of 64 MiB in 64 KiB is 1009", (target) =>
      endsWith(target, 1009, (client) => sendDeflated(client, new Uint8Array(64 * 1024 * 1024))),
    ),
    row("a room's broadcast reaches those who compress and those who don't", async (target) => {
      const compressing = await openOffering(target, offer, "/fan-room");
      const limited = await openOffering(target, "permessage-deflate; server_max_window_bits=9", "/fan-room");
      const plain = await target.open("/fan-room");
      const text = "to all ".repeat(1000);
      plain.text(text);
      assert.equal(await plain.message(), text);
      assert.equal((await readDeflated(compressing.client)).data.toString(), text);
      if (limited.accepted === undefined) assert.equal(await limited.client.message(), text);
      else assert.equal((await readDeflated(limited.client)).data.toString(), text);
    }),
  ],
};
