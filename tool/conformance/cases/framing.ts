import type { Case, Group, Quote } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { bytesOf, type Message, ping, text, textOf, whole } from "../judge/message.ts";
import { refused } from "../judge/refused.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";
import type { Outcome } from "../verdict.ts";
import { closePayload, type FrameSpec, opcode } from "../wire/frame.ts";

const lengths = [0, 1, 125, 126, 127, 128, 65_535, 65_536];
const kinds = ["text", "binary"] as const;

function messageOf(kind: "text" | "binary", length: number): Message {
  return kind === "text" ? textOf(length) : bytesOf(length);
}

function bytes(length: number): string {
  return length === 1 ? "1 byte" : `${length} bytes`;
}

function quoteFor(length: number): Quote {
  return length <= 125 ? quotes.length7 : length <= 65_535 ? quotes.length16 : quotes.length64;
}

function lengthCase(kind: "text" | "binary", length: number): Case {
  return {
    title: `echoes a ${kind} message of ${bytes(length)}`,
    quote: quoteFor(length),
    run: async (subject) => {
      const peer = await subject.open();
      const message = messageOf(kind, length);
      peer.send(whole(message));
      return await answered(peer, { messages: [message] });
    },
  };
}

/** Fewer characters than a longer length begins with, and more bytes. */
function wideCase(characters: number, character: string): Case {
  const message = text(character.repeat(characters));
  return {
    title: `echoes a text message of ${characters} characters in ${message.data.length} bytes`,
    quote: quoteFor(message.data.length),
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(whole(message));
      return await answered(peer, { messages: [message] });
    },
  };
}

const singleBytes = 300;

function choppedCase(kind: "text" | "binary", length: number, size: number): Case {
  const how =
    size > 1
      ? `writes of ${size} bytes`
      : length > singleBytes
        ? `writes of 1 byte, after the first ${singleBytes} of 997`
        : "writes of 1 byte";
  return {
    title: `echoes a ${kind} message of ${bytes(length)} in ${how}`,
    quote: quotes.parsed,
    run: async (subject) => {
      const peer = await subject.open();
      const message = messageOf(kind, length);
      const bytes = peer.encode([whole(message)]);
      const first = size === 1 ? bytes.subarray(0, singleBytes) : bytes;
      await peer.stream.writeChopped(first, size);
      await peer.stream.writeChopped(bytes.subarray(first.length), 997);
      return await answered(peer, { messages: [message] });
    },
  };
}

/** Wrong or unusual on the receiving side although only senders are told: a refusal is strict, an echo lenient. */
function minimalCase(length: number, lengthBits: 16 | 64, of: "message" | "ping"): Case {
  return {
    title: `refuses a ${of} of ${bytes(length)} whose length takes ${lengthBits} bits`,
    quote: quotes.minimal,
    run: async (subject) => {
      const peer = await subject.open();
      const message = textOf(length);
      peer.send(of === "ping" ? ping(message.data, { lengthBits }) : { ...whole(message), lengthBits });
      const before = of === "ping" ? { pongs: [message.data] } : { messages: [message] };
      const event = await peer.next("Close 1002");
      if (event.kind === "close" && event.code === 1002)
        return { verdict: "strict", expected: "Close 1002", seen: peer.story };
      if (event.kind === "close" || event.kind === "end")
        return { verdict: "lenient", expected: "Close 1002", seen: peer.story };
      const same = event.data.equals(message.data) && event.kind === (before.pongs ? "pong" : "text");
      return { verdict: same ? "lenient" : "failed", expected: "Close 1002", seen: peer.story };
    },
  };
}

function hugeCase(claims: bigint, lenientCodes: readonly number[]): Case {
  const valid = claims < 1n << 63n;
  const codes = valid ? [1009] : [1002, ...lenientCodes];
  return {
    title: `refuses a frame that claims ${valid ? "2^63 - 1" : `0x${claims.toString(16)}`} bytes`,
    quote: valid ? quotes.protect : quotes.length64,
    run: async (subject): Promise<Outcome> => {
      const peer = await subject.open();
      peer.send({ opcode: opcode.binary, claims, payload: "some of it" });
      if (!valid) return await refused(peer, codes);
      const { stream } = peer;
      if (await stream.within(subject.graceMs, () => stream.size > 0 || stream.end !== undefined)) {
        return await refused(peer, codes);
      }
      return { verdict: "lenient", expected: "Close 1009", seen: "nothing: it waits for the bytes" };
    },
  };
}

const wrongMask: readonly (readonly [string, FrameSpec])[] = [
  ["text frame", { opcode: opcode.text, payload: "Hello" }],
  ["empty text frame", { opcode: opcode.text }],
  ["binary frame", { opcode: opcode.binary, payload: "Hello" }],
  ["long binary frame", { opcode: opcode.binary, payload: bytesOf(65_536).data }],
  ["ping", { opcode: opcode.ping, payload: "Hello" }],
  ["pong", { opcode: opcode.pong, payload: "Hello" }],
  ["close frame", { opcode: opcode.close, payload: closePayload(1000) }],
];

function maskCase([name, frame]: readonly [string, FrameSpec]): Case {
  return {
    title: `refuses a ${name} with the mask bit of the other role`,
    quote: { server: quotes.unmasked, client: quotes.masked },
    run: async (subject) => {
      const peer = await subject.open();
      const before = text("before");
      const after = frame.opcode === opcode.close ? [] : [ping("after")];
      peer.send(whole(before), { ...frame, masked: peer.role === "server" }, ...after);
      return await refused(peer, [1002], { messages: [before] });
    },
  };
}

const keys: readonly (readonly [string, readonly number[]])[] = [
  ["0x00000000", [0, 0, 0, 0]],
  ["0xffffffff", [255, 255, 255, 255]],
  ["0x00000001", [0, 0, 0, 1]],
  ["0x80402010", [0x80, 0x40, 0x20, 0x10]],
];

function keyCase([name, key]: readonly [string, readonly number[]]): Case {
  return {
    title: `unmasks with the key ${name}, at each length modulo 8`,
    quote: quotes.unmask,
    tests: "server",
    run: async (subject) => {
      const peer = await subject.open();
      const messages = Array.from({ length: 9 }, (_, length) => bytesOf(length + 16));
      peer.send(...messages.map((message) => ({ ...whole(message), key: Buffer.from(key) })));
      return await answered(peer, { messages });
    },
  };
}

const freshKeys: Case = {
  title: "masks each frame with a key of its own",
  quote: quotes.freshKey,
  tests: "client",
  run: async (subject) => {
    const peer = await subject.open();
    const messages = Array.from({ length: 20 }, (_, i) => text(`number ${i}`));
    peer.sendAll(messages.map(whole));
    const outcome = await answered(peer, { messages });
    const distinct = new Set(peer.keys).size;
    if (distinct === peer.keys.length) return outcome;
    return {
      verdict: "failed",
      expected: `${peer.keys.length} different keys`,
      seen: `${distinct} different keys`,
    };
  },
};

const keyFrames = 64;

/** What can be told of entropy from outside: no bit stands still, and no key follows from the one before. */
const unpredictableKeys: Case = {
  title: `masks ${keyFrames} frames with keys of which none follows from the one before`,
  quote: quotes.entropy,
  tests: "client",
  run: async (subject) => {
    const peer = await subject.open();
    const messages = Array.from({ length: keyFrames }, (_, i) => text(`number ${i}`));
    peer.sendAll(messages.map(whole));
    const outcome = await answered(peer, { messages });
    const used = peer.keys.map((key) => Number.parseInt(key, 16));
    const still = Array.from({ length: 32 }, (_, bit) => new Set(used.map((key) => (key >>> bit) & 1)).size);
    const steps = used.slice(1).map((key, i) => (key - used[i]) >>> 0);
    const fault = still.includes(1)
      ? "a bit that never changes"
      : new Set(steps).size < steps.length
        ? "two steps of the same size"
        : undefined;
    if (fault === undefined) return outcome;
    return { verdict: "failed", expected: "keys without a rule", seen: `${used.length} keys with ${fault}` };
  },
};

export const framing: Group = {
  name: "framing",
  title: "Framing",
  sections: [
    [
      ...kinds.flatMap((kind) => lengths.map((length) => lengthCase(kind, length))),
      wideCase(63, "\u00e9"),
      wideCase(21_846, "\u20ac"),
    ],
    kinds.flatMap((kind) => lengths.map((length) => choppedCase(kind, length, 1))),
    kinds.flatMap((kind) => lengths.map((length) => choppedCase(kind, length, 997))),
    [
      ...[0, 1, 125].map((length) => minimalCase(length, 16, "message")),
      ...[0, 1, 125, 126, 65_535].map((length) => minimalCase(length, 64, "message")),
      minimalCase(5, 16, "ping"),
      minimalCase(5, 64, "ping"),
    ],
    [
      hugeCase(1n << 63n, []),
      hugeCase((1n << 63n) | 5n, []),
      hugeCase((1n << 64n) - 1n, []),
      hugeCase((1n << 63n) - 1n, []),
    ],
    [...wrongMask.map(maskCase), ...keys.map(keyCase), freshKeys, unpredictableKeys],
  ],
};
