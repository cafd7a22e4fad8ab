import fc, { type Arbitrary } from "fast-check";
import type { Role } from "../../src/protocol/mod.ts";
import {
  BINARY,
  bytesOf,
  CLOSE,
  CONTINUATION,
  concat,
  type FrameParts,
  frame,
  PING,
  PONG,
  seeded,
  TEXT,
} from "../protocol/frames.ts";

export const role: Arbitrary<Role> = fc.constantFrom<Role>("server", "client");

/** Sizes near the bounds of the three ways to write a length; a large one is rare, since it takes time. */
export const size: Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 40 }) },
  { weight: 6, arbitrary: fc.integer({ min: 124, max: 128 }) },
  { weight: 2, arbitrary: fc.nat({ max: 3000 }) },
  { weight: 1, arbitrary: fc.constantFrom(16_384, 65_535, 65_536, 65_537, 140_000) },
);

export function bytes(sizes: Arbitrary<number> = size): Arbitrary<Uint8Array> {
  return fc.tuple(sizes, fc.nat()).map(([length, seed]) => {
    const random = seeded(seed);
    return Uint8Array.from({ length }, () => Math.floor(random() * 256));
  });
}

/** Valid Unicode of all planes, where ASCII is not rare. */
export const text: Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.tuple(fc.constantFrom("a", "é", "€", "𝄞", "\ufeff"), size).map(([unit, times]) => unit.repeat(times)),
);

/** Any string that JavaScript can hold, lone surrogates too. */
export const anyString: Arbitrary<string> = fc.oneof(
  text,
  fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 40 }),
);

export type Message = string | Uint8Array;
export const message: Arbitrary<Message> = fc.oneof(text, bytes());

export const maskingKey: Arbitrary<readonly number[]> = fc.array(fc.nat({ max: 255 }), {
  minLength: 4,
  maxLength: 4,
});

const closeCode = fc.oneof(
  fc.constantFrom(1000, 1001, 1005, 1011, 3000, 4999, 5000),
  fc.nat({ max: 0xffff }),
);
const closePayload = fc
  .tuple(closeCode, bytes(fc.nat({ max: 20 })))
  .map(([code, reason]) => [code >> 8, code & 0xff, ...reason]);

const control: Arbitrary<FrameParts> = fc.record({
  opcode: fc.constantFrom(PING, PONG),
  payload: bytes(fc.nat({ max: 125 })),
});

/** A message in fragments, with control frames between them. */
export interface Sent {
  readonly message: Message;
  readonly frames: readonly FrameParts[];
}

export const sent: Arbitrary<Sent> = fc
  .record({
    message,
    cuts: fc.array(fc.nat(), { maxLength: 5 }),
    controls: fc.array(control, { maxLength: 3 }),
  })
  .map(({ message, cuts, controls }) => {
    const payload = bytesOf(message);
    const pieces = cut(payload, cuts, true);
    const frames = pieces.flatMap((piece, index): FrameParts[] => {
      const opcode = index > 0 ? CONTINUATION : typeof message === "string" ? TEXT : BINARY;
      const data = { opcode, payload: piece, fin: index === pieces.length - 1 };
      const between = controls[index - 1];
      return between === undefined ? [data] : [between, data];
    });
    return { message, frames };
  });

/** A frame with any rule broken, or none. */
const anyFrame: Arbitrary<FrameParts> = fc.record(
  {
    opcode: fc.oneof(fc.constantFrom(CONTINUATION, TEXT, BINARY, CLOSE, PING), fc.nat({ max: 15 })),
    payload: bytes(fc.nat({ max: 140 })),
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 7 }) }),
    lengthBits: fc.constantFrom<7 | 16 | 64>(16, 64),
    announce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    mask: fc.oneof(maskingKey, fc.constant(false as const)),
  },
  { requiredKeys: ["opcode", "payload"] },
);

type Part = readonly FrameParts[] | Uint8Array;
const part: Arbitrary<Part> = fc.oneof(
  { weight: 6, arbitrary: sent.map(({ frames }) => frames) },
  { weight: 2, arbitrary: anyFrame.map((parts) => [parts]) },
  { weight: 1, arbitrary: closePayload.map((payload) => [{ opcode: CLOSE, payload }]) },
  { weight: 1, arbitrary: bytes(fc.nat({ max: 30 })) },
);

/** What a peer may send to a wire of the role: sessions that are valid for a while, and then perhaps are not. */
export const stream: Arbitrary<{ role: Role; bytes: Uint8Array }> = fc
  .record({ role, parts: fc.array(part, { maxLength: 6 }) })
  .map(({ role, parts }) => ({ role, bytes: concat(...parts.map((one) => encode(role, one))) }));

/** As the peer of a wire of the role sends it. */
export function encode(role: Role, part: Part): Uint8Array {
  if (part instanceof Uint8Array) return part;
  return concat(...part.map((parts) => frame(role === "server" ? parts : { mask: false, ...parts })));
}

/** Where bytes are cut: at some places, or everywhere. */
export const cuts: Arbitrary<readonly number[] | "everywhere"> = fc.oneof(
  { weight: 5, arbitrary: fc.array(fc.nat(), { maxLength: 30 }) },
  { weight: 1, arbitrary: fc.constant("everywhere" as const) },
);

/** Copies of the pieces; a place may be cut twice, which leaves an empty piece if those are wanted. */
export function cut(
  whole: Uint8Array,
  at: readonly number[] | "everywhere",
  withEmpty = false,
): Uint8Array[] {
  if (at === "everywhere") return Array.from(whole, (byte) => Uint8Array.of(byte));
  const places = at.map((place) => place % (whole.length + 1)).sort((one, other) => one - other);
  const pieces = [...places, whole.length].map((end, index) => whole.slice(places[index - 1] ?? 0, end));
  return withEmpty ? pieces : pieces.filter((piece) => piece.length > 0);
}
