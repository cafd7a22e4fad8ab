import type { Case, Group, Quote } from "../case.ts";
import { answered, type Expected } from "../judge/answered.ts";
import { bytesOf, parts, ping, split, text, textOf, whole } from "../judge/message.ts";
import { refused } from "../judge/refused.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";
import { closePayload, type FrameSpec, opcode } from "../wire/frame.ts";

function good(
  title: string,
  frames: readonly FrameSpec[],
  expected: Expected,
  quote: Quote = quotes.fragments,
): readonly Case[] {
  return [undefined, 1].map((chop) => ({
    title: `echoes ${title}${chop === undefined ? "" : ", in writes of 1 byte"}`,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      const bytes = peer.encode(frames);
      if (chop === undefined) peer.stream.write(bytes);
      else await peer.stream.writeChopped(bytes, chop);
      return await answered(peer, expected);
    },
  }));
}

function bad(
  title: string,
  frames: readonly FrameSpec[],
  quote: Quote = quotes.sequence,
  before: Expected = {},
): Case {
  return {
    title: `refuses ${title}`,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(...frames, ping("after"));
      return await refused(peer, [1002], before);
    },
  };
}

function countCase(kind: "text" | "binary", count: number): readonly Case[] {
  const message = kind === "text" ? textOf(count * 5) : bytesOf(count * 5);
  return good(`a ${kind} message in ${count} fragments`, split(message, 5), { messages: [message] });
}

function octetCase(length: number): Case {
  const message = textOf(length);
  return {
    title: `echoes a message in ${length} fragments of 1 octet`,
    quote: quotes.anySize,
    run: async (subject) => {
      const peer = await subject.open();
      peer.sendAll(split(message, 1));
      return await answered(peer, { messages: [message] });
    },
  };
}

const next = (payload: string, fin: boolean): FrameSpec => ({ opcode: opcode.continuation, payload, fin });
const hello = text("Hello");
const ten = Array.from({ length: 10 }, (_, i) => `number ${i}`);
const [open] = parts("text", ["one", "two"]);

const interleavedClose: Case = {
  title: "closes on a Close frame between fragments",
  quote: quotes.between,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(open, { opcode: opcode.close, payload: closePayload(1000) });
    return await refused(peer, [1000]);
  },
};

const notWhole: Case = {
  title: "delivers nothing of a message whose end has not come",
  quote: quotes.sequence,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(open, next("two", false), ping("between"));
    return await answered(peer, { pongs: ["between"] });
  },
};

export const fragments: Group = {
  name: "fragments",
  title: "Fragmentation",
  sections: [
    [2, 3, 7, 50].flatMap((count) => [...countCase("text", count), ...countCase("binary", count)]),
    [
      ...good("an empty message in 2 empty fragments", parts("text", ["", ""]), { messages: [text("")] }),
      ...good("an empty message in 3 empty fragments", parts("binary", ["", "", ""]), {
        messages: [{ kind: "binary", data: Buffer.alloc(0) }],
      }),
      ...good("empty fragments around a full one", parts("text", ["", "middle", ""]), {
        messages: [text("middle")],
      }),
      ...good("an empty fragment in the middle", parts("text", ["one", "", "two"]), {
        messages: [text("onetwo")],
      }),
      ...good(
        "two fragmented messages after another",
        [...parts("text", ["a", "b"]), ...parts("binary", ["c", "d"])],
        {
          messages: [text("ab"), { kind: "binary", data: Buffer.from("cd") }],
        },
      ),
      ...good(
        "fragments and whole messages in turn",
        [...parts("text", ["a", "b"]), whole(hello), ...parts("text", ["c", "d"])],
        {
          messages: [text("ab"), hello, text("cd")],
        },
      ),
      ...good(
        "characters that are cut by fragments",
        parts("text", [Buffer.from([0xce]), Buffer.from([0xba, 0xe2, 0x82]), Buffer.from([0xac])]),
        {
          messages: [text("κ€")],
        },
        quotes.utf8,
      ),
    ],
    [16, 125, 126, 1000, 4096].map(octetCase),
    [
      ...good(
        "a message with a ping between",
        [open, ping("x"), next("two", true)],
        { messages: [text("onetwo")], pongs: ["x"] },
        quotes.between,
      ),
      ...good(
        "a message with a pong between",
        [open, { opcode: opcode.pong, payload: "x" }, next("two", true)],
        { messages: [text("onetwo")] },
        quotes.between,
      ),
      ...good(
        "a message with 10 pings between",
        [open, ...ten.map((payload) => ping(payload)), next("two", true)],
        { messages: [text("onetwo")], pongs: ten },
        quotes.between,
      ),
      interleavedClose,
      notWhole,
    ],
    [
      bad("a continuation as the first frame", [next("a", true)]),
      bad("a continuation without FIN as the first frame", [next("a", false)]),
      bad("an empty continuation as the first frame", [next("", true)]),
      bad("a continuation after a whole message", [whole(hello), next("a", true)], quotes.sequence, {
        messages: [hello],
      }),
      bad(
        "a continuation without FIN after a whole message",
        [whole(hello), next("a", false)],
        quotes.sequence,
        { messages: [hello] },
      ),
      bad(
        "a continuation after a fragmented message",
        [open, next("two", true), next("a", true)],
        quotes.sequence,
        { messages: [text("onetwo")] },
      ),
      bad("a continuation after a ping", [ping("x"), next("a", true)], quotes.sequence, { pongs: ["x"] }),
      bad(
        "a whole text message inside a message",
        [open, whole(hello), next("two", true)],
        quotes.interleaved,
      ),
      bad(
        "a whole binary message inside a message",
        [open, whole(bytesOf(5)), next("two", true)],
        quotes.interleaved,
      ),
      bad(
        "the first fragment of a message inside a message",
        [open, open, next("two", true)],
        quotes.interleaved,
      ),
      bad(
        "an empty message inside a message",
        [open, { opcode: opcode.text }, next("two", true)],
        quotes.interleaved,
      ),
      bad("a new message after two fragments", [open, next("two", false), whole(hello)], quotes.interleaved),
    ],
  ],
};
