import { createHash } from "node:crypto";
import { binary, type Message, once, split, text, whole } from "../judge/message.ts";
import type { Subject } from "../subject.ts";
import type { FrameSpec } from "../wire/frame.ts";
import type { Peer } from "../wire/peer.ts";

export const rsv1 = 4;

/** Bytes without any order, the same each time. */
export const random: (size: number, seed: number) => Message = once((size, seed) => {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) =>
    createHash("sha256").update(`${seed}/${i}`).digest(),
  );
  return binary(Buffer.concat(blocks).subarray(0, size));
});

/** Text that compresses well and differs a little from message to message. */
export const orderly: (size: number, seed: number) => Message = once((size, seed) => {
  const record = (i: number): string => `{"id":${i * 7 + seed},"name":"wire ${(i * 31) % 97}","open":true},`;
  let all = "";
  for (let i = 0; all.length < size; i++) all += record(i);
  return text(all.slice(0, size));
});

/** The message as one compressed frame. */
export function compressed(peer: Peer, message: Message): FrameSpec {
  return { ...whole(message), rsv: rsv1, payload: peer.deflater?.message(message.data) };
}

/** The compressed message as frames of at most `size` bytes. */
export function compressedParts(peer: Peer, message: Message, size: number): FrameSpec[] {
  const data = peer.deflater?.message(message.data) ?? message.data;
  return split({ kind: message.kind, data }, size).map((frame, i) => ({ ...frame, rsv: i === 0 ? rsv1 : 0 }));
}

/** A WebSocket with permessage-deflate; `params` begin with a semicolon. */
export async function open(subject: Subject, params = "", takeover = false): Promise<Peer> {
  return await subject.open({ deflate: `permessage-deflate${params}`, takeover });
}
