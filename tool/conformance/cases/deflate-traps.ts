import { constants, deflateRawSync } from "node:zlib";
import type { Case } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { split, whole } from "../judge/message.ts";
import { rfc6455 as base, rfc7692 as quotes } from "../standard/standards.ts";
import { opcode } from "../wire/frame.ts";
import { open, orderly, random, rsv1 } from "./deflate-messages.ts";

export const finalBlocks: Case = {
  title: "echoes a message of several blocks with BFINAL",
  quote: quotes.finalPadded,
  run: async (subject) => {
    const peer = await open(subject);
    const message = orderly(1000, 1);
    const windowBits = peer.agreement?.toSubject.windowBits;
    const pieces = split(message, 400).map(({ payload }) => deflateRawSync(payload ?? "", { windowBits }));
    peer.send({ ...whole(message), rsv: rsv1, payload: Buffer.concat([...pieces, Buffer.of(0)]) });
    return await answered(peer, { messages: [message] });
  },
};

/** What a subject sends uncompressed is no part of the window that it may look back into. */
export const incompressible: Case = {
  title: "echoes a message that compression makes no shorter, again and again",
  quote: quotes.optional,
  run: async (subject) => {
    const peer = await open(subject);
    const messages = Array.from({ length: 4 }, () => random(500, 1));
    for (const message of messages) peer.send(whole(message));
    return await answered(peer, { messages });
  },
};

const mebibyte = 1024 * 1024;
const bombMebibytes = 32;

export const bomb: Case = {
  title: `refuses 32 KiB that inflate to ${bombMebibytes} MiB`,
  quote: base.protect,
  patience: 2,
  run: async (subject) => {
    const peer = await open(subject);
    const piece = deflateRawSync(Buffer.alloc(mebibyte), {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits: 9,
    });
    const payload = Buffer.concat(Array.from({ length: bombMebibytes }, () => piece)).subarray(0, -4);
    peer.send({ opcode: opcode.binary, rsv: rsv1, payload });
    const expected = "Close 1009";
    const event = await peer.next(expected);
    if (event.kind === "close")
      return { verdict: event.code === 1009 ? "strict" : "lenient", expected, seen: peer.story };
    if (event.kind === "end") return { verdict: "lenient", expected, seen: peer.story };
    const isWhole = event.kind === "binary" && event.data.length === bombMebibytes * mebibyte;
    return { verdict: isWhole ? "informational" : "failed", expected, seen: peer.story };
  },
};
