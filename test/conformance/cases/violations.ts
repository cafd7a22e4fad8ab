import assert from "node:assert/strict";
import type { CapabilityName } from "../../../src/endpoint/capability.ts";
import { closePayload, type FrameToSend, opcodes } from "../../support/raw-frames.ts";
import type { Case, Group } from "../case.ts";

const { continuation, text, binary, close, ping, pong } = opcodes;

/** What is sent is answered with a close frame of this code, the end of TCP, and nothing after it. */
function violation(code: number, name: string, frames: FrameToSend[], ...checks: CapabilityName[]): Case {
  return needing(["violationClose", ...checks], code, name, frames);
}

function needing(needs: CapabilityName[], code: number, name: string, frames: FrameToSend[]): Case {
  return {
    name: `${code}: ${name}`,
    needs,
    async run(target) {
      const key = target.newKey();
      const client = await target.open(`/echo?key=${key}`);
      // What follows a violation is never looked at.
      client.send(...frames, { opcode: text, payload: "after the violation" });
      assert.equal((await client.ended()).code, code);
      const end = (await target.notes(key, 1, "close")).at(-1);
      assert.deepEqual([end?.event, end?.wasClean], ["close", false]);
    },
    async otherwise(target) {
      // Not the right close, perhaps, but the connection's fault touches nobody else.
      const client = await target.open("/echo");
      client.send(...frames);
      const other = await target.open("/echo");
      other.text("untouched");
      assert.equal(await other.message(), "untouched");
    },
  };
}

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

/** What the handler is told is what went over the wire. */
function told(code: number, frame: FrameToSend, ...checks: CapabilityName[]): Case {
  return {
    name: `${code}: close tells the handler this code, and the reason that was sent`,
    needs: ["violationClose", "violationCode", ...checks],
    async run(target) {
      const key = target.newKey();
      const client = await target.open(`/echo?key=${key}`);
      client.send(frame);
      const end = await client.ended();
      assert.equal(end.code, code);
      const notes = await target.notes(key, 1, "close");
      const { reason } = end;
      assert.deepEqual(notes, [
        { event: "open" },
        { event: "close", code, reason, wasClean: false, aborted: true },
      ]);
    },
  };
}

/** Each is no UTF-8 at its last byte (RFC 3629). */
const badTexts: Readonly<Record<string, string>> = {
  "a lone continuation byte": "61 80",
  "a byte that never occurs": "61 ff",
  "an overlong slash": "c0 af",
  "an overlong NUL of three bytes": "e0 80 80",
  "a surrogate": "ed a0 80",
  "a code point above U+10FFFF": "f4 90 80 80",
  "a character cut short by the end": "e2 82",
};

export const violations: Group = {
  title: "violations of RFC 6455",
  cases: [
    violation(1002, "an unmasked frame", [{ opcode: text, payload: "bare", mask: false }], "maskCheck"),
    ...[1, 2, 4].map((rsv) =>
      violation(1002, `the reserved bit ${rsv} without an extension`, [{ opcode: text, rsv }]),
    ),
    ...[3, 7, 11, 15].map((opcode) => violation(1002, `the reserved opcode ${opcode}`, [{ opcode }])),
    violation(1002, "a ping of 126 bytes", [{ opcode: ping, payload: "p".repeat(126) }], "controlSizeCheck"),
    violation(
      1002,
      "a close frame of 126 bytes",
      [{ opcode: close, payload: closePayload(1000, "r".repeat(124)) }],
      "controlSizeCheck",
    ),
    violation(1002, "a ping in two fragments", [{ opcode: ping, fin: false }, { opcode: continuation }]),
    violation(1002, "a pong that is not final", [{ opcode: pong, fin: false }]),
    violation(1002, "a continuation without a message", [{ opcode: continuation, payload: "of what?" }]),
    violation(1002, "a new message inside a fragmented one", [
      { opcode: text, payload: "first", fin: false },
      { opcode: binary, payload: "second" },
    ]),
    violation(
      1002,
      "a length that is not written in its shortest form",
      [{ opcode: text, payload: "hi", lengthBits: 16 }],
      "lengthCheck",
    ),
    violation(
      1002,
      "a close frame with one byte",
      [{ opcode: close, payload: bytes("03") }],
      "closeCodeCheck",
    ),
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) =>
      needing(["closeCodeCheck"], 1002, `a close frame with the code ${code}`, [
        { opcode: close, payload: closePayload(code) },
      ]),
    ),
    ...Object.entries(badTexts).map(([name, hex]) =>
      violation(1007, name, [{ opcode: text, payload: bytes(hex.replaceAll(" ", "")) }], "utf8Check"),
    ),
    violation(
      1007,
      "bad UTF-8 after 60,000 good bytes",
      [{ opcode: text, payload: Buffer.concat([Buffer.alloc(60_000, "a"), bytes("c3")]) }],
      "utf8Check",
    ),
    violation(
      1007,
      "a character split by a fragment, then not continued",
      [
        { opcode: text, payload: bytes("e282"), fin: false },
        { opcode: continuation, payload: bytes("61") },
      ],
      "utf8Check",
    ),
    violation(
      1007,
      "a bad first fragment, before the message is whole",
      [{ opcode: text, payload: bytes("ff"), fin: false }],
      "utf8Check",
      "failFast",
    ),
    violation(
      1007,
      "a close reason that is no UTF-8",
      [{ opcode: close, payload: closePayload(1000, bytes("ff")) }],
      "utf8Check",
    ),
    told(1002, { opcode: 3 }),
    told(1007, { opcode: text, payload: bytes("ff") }, "utf8Check"),
    {
      name: "1007: a bad byte is enough, before its frame is whole",
      needs: ["violationClose", "utf8Check", "failFast"],
      async run(target) {
        const client = await target.open("/echo");
        client.send({ opcode: text, payload: bytes("61ff"), claimedLength: 100 });
        assert.equal((await client.ended()).code, 1007);
      },
    },
    {
      name: "binary: messages may have any bytes",
      async run(target) {
        const client = await target.open("/echo");
        client.binary(bytes("ff80c0"));
        assert.deepEqual(await client.message(), Uint8Array.of(0xff, 0x80, 0xc0));
      },
    },
  ],
};
