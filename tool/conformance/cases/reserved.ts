import type { Case, Group, Quote } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { parts, ping, text, whole } from "../judge/message.ts";
import { refused } from "../judge/refused.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";
import { closePayload, type FrameSpec, opcode } from "../wire/frame.ts";
import { nameOf } from "../wire/show.ts";

const before = text("before");
const bits = [1, 2, 3, 4, 5, 6, 7];

function bitNames(rsv: number): string {
  const names = [rsv & 4 ? "RSV1" : "", rsv & 2 ? "RSV2" : "", rsv & 1 ? "RSV3" : ""];
  return names.filter((name) => name !== "").join(" + ");
}

function badCase(title: string, quote: Quote, frames: readonly FrameSpec[], chop?: number): Case {
  return {
    title,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      const bytes = peer.encode([whole(before), ...frames]);
      if (chop === undefined) peer.stream.write(bytes);
      else await peer.stream.writeChopped(bytes, chop);
      return await refused(peer, [1002], { messages: [before] });
    },
  };
}

function rsvCase(rsv: number, op: number, payload: string | Buffer = "Hello"): Case {
  const frames: FrameSpec[] = [{ opcode: op, rsv, payload }];
  if (op === opcode.continuation) frames.unshift({ opcode: opcode.text, payload: "a", fin: false });
  if (op !== opcode.close) frames.push(ping("after"));
  return badCase(`refuses ${bitNames(rsv)} on a ${nameOf(op)} frame`, quotes.rsv, frames);
}

const opcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

function opcodeCases(op: number): readonly Case[] {
  const name = nameOf(op);
  const after = ping("after");
  return [
    badCase(`refuses ${name} without a payload`, quotes.opcode, [{ opcode: op }, after]),
    badCase(`refuses ${name} with a payload`, quotes.opcode, [{ opcode: op, payload: "reserved" }, after]),
    badCase(`refuses ${name} between fragments`, quotes.opcode, [
      parts("text", ["a", "b"])[0],
      { opcode: op, payload: "reserved" },
      after,
    ]),
  ];
}

const controlBits = [1, 2, 4];

/** The bits stay reserved where permessage-deflate was agreed on, RSV1 of the first fragment aside. */
const cleanAgain: Case = {
  title: "goes on where the reserved bits are 0",
  quote: quotes.rsv,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(whole(before), { ...whole(before), rsv: 0 });
    return await answered(peer, { messages: [before, before] });
  },
};

export const reserved: Group = {
  name: "reserved",
  title: "Reserved bits and opcodes",
  sections: [
    bits.map((rsv) => rsvCase(rsv, opcode.text)),
    [
      ...controlBits.map((rsv) => rsvCase(rsv, opcode.binary)),
      ...controlBits.map((rsv) => rsvCase(rsv, opcode.continuation)),
    ],
    [
      ...bits.map((rsv) => rsvCase(rsv, opcode.ping)),
      ...controlBits.map((rsv) => rsvCase(rsv, opcode.pong)),
      ...controlBits.map((rsv) => rsvCase(rsv, opcode.close, closePayload(1000))),
    ],
    [
      badCase(
        "refuses RSV1 in writes of 1 byte",
        quotes.rsv,
        [{ opcode: opcode.text, rsv: 4, payload: "Hello" }],
        1,
      ),
      badCase("refuses a reserved bit on an empty frame", quotes.rsv, [
        { opcode: opcode.text, rsv: 2 },
        ping("after"),
      ]),
      cleanAgain,
    ],
    opcodes.flatMap(opcodeCases),
  ],
};
