import type { Case, Group } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { bytesOf, type Message, split, textOf, whole } from "../judge/message.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";

const kinds = ["text", "binary"] as const;
const mebibyte = 1024 * 1024;

function messageOf(kind: "text" | "binary", size: number): Message {
  return kind === "text" ? textOf(size) : bytesOf(size);
}

function wholeCase(kind: "text" | "binary", mebibytes: number): Case {
  return {
    title: `echoes a ${kind} message of ${mebibytes} MiB in one frame`,
    quote: quotes.length64,
    patience: 3,
    run: async (subject) => {
      const peer = await subject.open();
      const message = messageOf(kind, mebibytes * mebibyte);
      peer.send(whole(message));
      return await answered(peer, { messages: [message] });
    },
  };
}

function splitCase(kind: "text" | "binary", mebibytes: number, size: number): Case {
  return {
    title: `echoes a ${kind} message of ${mebibytes} MiB in fragments of ${size} octets`,
    quote: quotes.anySize,
    patience: 3,
    run: async (subject) => {
      const peer = await subject.open();
      const message = messageOf(kind, mebibytes * mebibyte);
      peer.sendAll(split(message, size));
      return await answered(peer, { messages: [message] });
    },
  };
}

export const limits: Group = {
  name: "limits",
  title: "Limits",
  sections: [
    kinds.flatMap((kind) => [1, 2, 4, 8, 16].map((size) => wholeCase(kind, size))),
    kinds.flatMap((kind) => [64, 256, 1024, 4096, 16_384, 65_536].map((size) => splitCase(kind, 4, size))),
    kinds.flatMap((kind) => [splitCase(kind, 1, 64), splitCase(kind, 16, 16_384)]),
  ],
};
