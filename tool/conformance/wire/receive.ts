import { Breach } from "../verdict.ts";
import { type FrameHead, opcode, readHead, xor } from "./frame.ts";
import type { Peer } from "./peer.ts";
import { nameOf } from "./show.ts";
import type { End } from "./stream.ts";

/** A control frame or a whole message, its payload unmasked and still compressed; or the end of TCP. */
export type Received =
  | Whole
  | { readonly kind: "ping" | "pong" | "close"; readonly data: Buffer }
  | { readonly kind: "end"; readonly how: End };

/** A message whose last fragment has come. */
export interface Whole {
  readonly kind: "text" | "binary";
  readonly data: Buffer;
  readonly compressed: boolean;
}

const mostBytes = 256n * 1024n * 1024n;

/** Messages whose first fragments have come. */
const begun = new WeakMap<Peer, { first: FrameHead; parts: Buffer[] }>();

/** The next whole thing that the subject sent. Throws `Breach` where a frame is against RFC 6455, 5. */
export async function receive(peer: Peer, what: string): Promise<Received> {
  for (;;) {
    const frame = await nextFrame(peer, what);
    if ("how" in frame) return { kind: "end", how: frame.how };
    const { head, payload } = frame;
    checkHead(peer, head);
    if (head.opcode === opcode.ping) return { kind: "ping", data: payload };
    if (head.opcode === opcode.pong) return { kind: "pong", data: payload };
    if (head.opcode === opcode.close) return { kind: "close", data: payload };
    const message = begun.get(peer) ?? { first: head, parts: [] };
    message.parts.push(payload);
    begun.set(peer, message);
    if (!head.fin) continue;
    begun.delete(peer);
    const kind = message.first.opcode === opcode.text ? "text" : "binary";
    return { kind, data: Buffer.concat(message.parts), compressed: message.first.rsv === 4 };
  }
}

type Frame = { readonly head: FrameHead; readonly payload: Buffer } | { readonly how: End };

async function nextFrame({ stream, keys, log }: Peer, what: string): Promise<Frame> {
  let head: FrameHead | undefined;
  const whole = (): boolean => {
    head ??= readHead(stream.peek(14));
    if (head === undefined) return false;
    if (head.length > mostBytes) throw new Breach(`a frame that claims ${head.length} bytes`);
    return stream.size >= head.size + Number(head.length);
  };
  await stream.until(() => whole() || stream.end !== undefined, what);
  if (head === undefined || !whole()) {
    const how = stream.end as End;
    if (stream.size > 0 && how === "fin") log.push(`${stream.size} bytes of a frame that is not whole`);
    return { how };
  }
  const { size, length, key } = head;
  stream.take(size);
  const payload = stream.take(Number(length));
  if (key === undefined) return { head, payload };
  keys.push(key.toString("hex"));
  return { head, payload: xor(payload, key) };
}

function checkHead(peer: Peer, head: FrameHead): void {
  const name = `a ${nameOf(head.opcode)} frame`;
  const masked = head.key !== undefined;
  if (masked && peer.role === "client") throw new Breach(`${name} that a server masked`);
  if (!masked && peer.role === "server") throw new Breach(`${name} that a client did not mask`);
  const fewest = head.length <= 125n ? 7 : head.length <= 0xffffn ? 16 : 64;
  if (head.lengthBits !== fewest)
    throw new Breach(`${name} whose length of ${head.length} takes ${head.lengthBits} bits`);
  const isControl = head.opcode >= 8;
  if (isControl ? head.opcode > 10 : head.opcode > 2) throw new Breach(`${name}, which is reserved`);
  if (isControl && !head.fin) throw new Breach(`${name} that is fragmented`);
  if (isControl && head.length > 125n) throw new Breach(`${name} of ${head.length} bytes`);
  const mayCompress = peer.agreement !== undefined && !isControl && head.opcode !== opcode.continuation;
  if (head.rsv !== 0 && !(head.rsv === 4 && mayCompress))
    throw new Breach(`${name} with reserved bits ${head.rsv}`);
  if (isControl) return;
  const open = begun.has(peer);
  if (open && head.opcode !== opcode.continuation) throw new Breach(`${name} inside a message`);
  if (!open && head.opcode === opcode.continuation) throw new Breach(`${name} outside a message`);
}
