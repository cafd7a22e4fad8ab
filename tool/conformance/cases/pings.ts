import type { Case, Group, Quote } from "../case.ts";
import { answered, type Expected, exchanged } from "../judge/answered.ts";
import { bytesOf, parts, ping, text, whole } from "../judge/message.ts";
import { refused } from "../judge/refused.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";
import { type FrameSpec, opcode } from "../wire/frame.ts";

interface Row {
  readonly title: string;
  readonly quote: Quote;
  readonly frames: readonly FrameSpec[];
  readonly expected: Expected;
  /** Writes of so many bytes. */
  readonly chop?: number;
}

function answeredCase({ title, quote, frames, expected, chop }: Row): Case {
  return {
    title,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      if (chop === undefined) peer.sendAll(frames);
      else await peer.stream.writeChopped(peer.encode(frames), chop);
      return await answered(peer, expected);
    },
  };
}

const binaryPayload = Buffer.from([0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]);
const full = bytesOf(125).data;
const ten = Array.from({ length: 10 }, (_, i) => `number ${i}`);
const hello = text("Hello");

const payloads: readonly (readonly [string, string | Buffer])[] = [
  ["without a payload", ""],
  ["with 1 byte", "a"],
  ["with text", "Hello, world!"],
  ["with bytes that are no UTF-8", binaryPayload],
  ["with 125 bytes", full],
];

function payloadCase([name, payload]: readonly [string, string | Buffer], chop?: number): Case {
  const title = `answers a ping ${name}${chop === undefined ? "" : " in writes of 1 byte"}`;
  return answeredCase({
    title,
    quote: quotes.pongData,
    frames: [ping(payload)],
    expected: { pongs: [payload] },
    chop,
  });
}

const pong = (payload: string | Buffer = ""): FrameSpec => ({ opcode: opcode.pong, payload });

function tenCase(chop: number | undefined): Case {
  return {
    title: `answers 10 pings ${chop === undefined ? "in one write" : "in writes of 1 byte"}`,
    quote: quotes.pongLatest,
    run: async (subject) => {
      const peer = await subject.open();
      const bytes = peer.encode([...ten.map((payload) => ping(payload))]);
      if (chop === undefined) peer.stream.write(bytes);
      else await peer.stream.writeChopped(bytes, chop);
      return await exchanged(peer, { pongs: ten }, "10 pongs in order");
    },
  };
}

function badCase(title: string, frames: readonly FrameSpec[]): Case {
  return {
    title: `refuses ${title}`,
    quote: quotes.control,
    run: async (subject) => {
      const peer = await subject.open();
      // A text, since a ping would let the subject skip the pong before (5.5.3).
      peer.send(whole(hello), ...frames, whole(text("after")));
      return await refused(peer, [1002], { messages: [hello] });
    },
  };
}

const between: Case = {
  title: "answers a ping between fragments before the message ends",
  quote: quotes.between,
  run: async (subject) => {
    const peer = await subject.open();
    const [first, second] = parts("text", ["one, ", "two"]);
    peer.send(first, ping("between"));
    const outcome = await exchanged(peer, { pongs: ["between"] });
    if (outcome.verdict === "failed") return outcome;
    peer.send(second);
    return await answered(peer, { messages: [text("one, two")] });
  },
};

const inTurn: Case = {
  title: "answers pings one after the other",
  quote: quotes.pong,
  run: async (subject) => {
    const peer = await subject.open();
    for (const payload of ten) {
      peer.send(ping(payload));
      const outcome = await exchanged(peer, { pongs: [payload] });
      if (outcome.verdict === "failed") return outcome;
    }
    return await answered(peer, {});
  },
};

const unsolicited = quotes.pongUnsolicited;

export const pings: Group = {
  name: "pings",
  title: "Pings and pongs",
  sections: [
    [...payloads.map((row) => payloadCase(row)), ...payloads.map((row) => payloadCase(row, 1))],
    [tenCase(undefined), tenCase(1), inTurn],
    [
      answeredCase({
        title: "ignores an empty pong that nobody asked for",
        quote: unsolicited,
        frames: [pong(), whole(hello)],
        expected: { messages: [hello] },
      }),
      answeredCase({
        title: "ignores a pong with a payload",
        quote: unsolicited,
        frames: [pong("unsolicited"), whole(hello)],
        expected: { messages: [hello] },
      }),
      answeredCase({
        title: "ignores a pong of 125 bytes",
        quote: unsolicited,
        frames: [pong(full), whole(hello)],
        expected: { messages: [hello] },
      }),
      answeredCase({
        title: "answers a ping after an unsolicited pong",
        quote: unsolicited,
        frames: [pong("unsolicited"), ping("asked")],
        expected: { pongs: ["asked"] },
      }),
      answeredCase({
        title: "ignores 10 unsolicited pongs",
        quote: unsolicited,
        frames: [...ten.map(pong), whole(hello)],
        expected: { messages: [hello] },
      }),
    ],
    [
      between,
      answeredCase({
        title: "answers pings between all fragments of a message in one write",
        quote: quotes.between,
        frames: parts("text", ["a", "b", "c"])
          .flatMap((part, i) => [part, ping(`${i}`)])
          .slice(0, -1),
        expected: { messages: [text("abc")], pongs: ["0", "1"], pongsBeforeMessage: 0 },
      }),
      answeredCase({
        title: "answers pings between fragments in writes of 1 byte",
        quote: quotes.between,
        frames: parts("binary", ["a", "b", "c"])
          .flatMap((part, i) => [part, ping(`${i}`)])
          .slice(0, -1),
        expected: { messages: [{ kind: "binary", data: Buffer.from("abc") }], pongs: ["0", "1"] },
        chop: 1,
      }),
      answeredCase({
        title: "ignores pongs between fragments",
        quote: quotes.between,
        frames: [...parts("text", ["a", "b"]).flatMap((part) => [pong("x"), part])],
        expected: { messages: [text("ab")] },
      }),
    ],
    [
      badCase("a ping of 126 bytes", [ping(bytesOf(126).data)]),
      badCase("a ping of 65536 bytes", [ping(bytesOf(65_536).data)]),
      badCase("a pong of 126 bytes", [pong(bytesOf(126).data)]),
      badCase("a ping in fragments", [
        ping("a", { fin: false }),
        { opcode: opcode.continuation, payload: "b" },
      ]),
      badCase("a pong in fragments", [
        { ...pong("a"), fin: false },
        { opcode: opcode.continuation, payload: "b" },
      ]),
      badCase("a ping without FIN between fragments", [
        ...parts("text", ["a", "b"]).slice(0, 1),
        ping("x", { fin: false }),
      ]),
      badCase("a pong without FIN and nothing behind it", [{ ...pong("a"), fin: false }]),
    ],
  ],
};
