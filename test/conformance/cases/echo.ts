import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sameBytes } from "../../support/bytes.ts";
import { encodeFrame, opcodes } from "../../support/raw-frames.ts";
import type { Case, Group } from "../case.ts";

/** The endpoint's maxMessageBytes. */
const limit = 1024 * 1024;
const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 1024 * 1024];

const ofSize = (size: number): Case => ({
  name: `echo: text and binary of ${size} bytes come back the same`,
  async run(target) {
    const client = await target.open("/echo");
    const text = "0123456789abcdef".repeat(Math.ceil(size / 16)).slice(0, size);
    const bytes = new Uint8Array(randomBytes(size));
    client.text(text);
    assert.equal(await client.message("the text"), text);
    client.binary(bytes);
    sameBytes(await client.message("the bytes"), bytes);
  },
});

export const echo: Group = {
  title: "messages",
  cases: [
    ...sizes.map(ofSize),
    {
      name: "echo: characters of one to four bytes come back the same",
      async run(target) {
        const client = await target.open("/echo");
        for (const text of [
          "a\u0000z",
          "ñ",
          "€",
          "𝒳😀",
          "\ufeffmark",
          "\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}",
        ]) {
          client.text(text);
          assert.equal(await client.message(), text);
        }
      },
    },
    {
      name: "echo: 500 messages in one write come back in order",
      async run(target) {
        const client = await target.open("/echo");
        const texts = Array.from({ length: 500 }, (_, i) => `message ${i}`);
        client.text(...texts);
        assert.deepEqual(await client.messages(texts.length), texts);
      },
    },
    {
      name: "echo: frames that arrive byte by byte are whole messages",
      async run(target) {
        const client = await target.open("/echo");
        const frames = [
          { opcode: opcodes.text, payload: "slow €" },
          { opcode: opcodes.binary, payload: "x".repeat(130) },
          { opcode: opcodes.text, payload: "" },
        ];
        for (const byte of Buffer.concat(frames.map(encodeFrame))) {
          client.socket.write(Uint8Array.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        assert.equal(await client.message(), "slow €");
        sameBytes(await client.message(), new TextEncoder().encode("x".repeat(130)));
        assert.equal(await client.message(), "");
      },
    },
    {
      name: "message size: one byte over maxMessageBytes closes with 1009, and close tells so",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.binary(new Uint8Array(limit + 1));
        const { code, reason } = await client.endedByServer();
        assert.equal(code, 1009);
        const notes = await target.notes(key, 1, "close");
        assert.deepEqual([notes.length, notes[1].code, notes[1].reason], [2, 1009, reason]);
      },
    },
    {
      name: "message size: a text is measured in bytes",
      async run(target) {
        const client = await target.open("/echo");
        const text = "€".repeat(limit / 3 + 1);
        assert.ok(text.length < limit);
        client.text(text);
        assert.equal((await client.endedByServer()).code, 1009);
      },
    },
    {
      name: "message size: fragments count together",
      async run(target) {
        const client = await target.open("/echo");
        const payload = new Uint8Array(limit / 2 + 1);
        client.send(
          { opcode: opcodes.binary, payload, fin: false },
          { opcode: opcodes.continuation, payload },
        );
        assert.equal((await client.endedByServer()).code, 1009);
      },
    },
    {
      name: "message size: a header that claims too much is refused before any of it has come",
      needs: "sizeBeforeMemory",
      async run(target) {
        for (const claimedLength of [limit + 1, 2 ** 40]) {
          const client = await target.open("/echo");
          client.send({ opcode: opcodes.binary, claimedLength });
          assert.equal((await client.ended()).code, 1009);
        }
      },
    },
    {
      name: "message size: a length with its highest bit set is a violation: 1002 or 1009",
      needs: "violationClose",
      async run(target) {
        const client = await target.open("/echo");
        client.socket.write(Buffer.from("82ffffffffffffffffff01020304", "hex"));
        const { code } = await client.ended();
        assert.ok(code === 1002 || code === 1009, `closed with ${code}`);
      },
    },
  ],
};
