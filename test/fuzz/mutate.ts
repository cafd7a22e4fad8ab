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
import type { Input } from "./verdict.ts";

type Session = readonly FrameParts[];

/** A close frame's payload. */
function closing(code: number, reason: string | number[] = ""): number[] {
  return [code >> 8, code & 0xff, ...bytesOf(reason)];
}

/** Where mutation starts: valid and invalid sessions with frames of all kinds. */
const sessions: readonly Session[] = [
  [{ opcode: TEXT, payload: "hello" }, { opcode: BINARY, payload: [1, 2, 3] }, { opcode: CLOSE }],
  [
    { opcode: TEXT, payload: "Hel", fin: false },
    { opcode: PING, payload: "are you there" },
    { opcode: CONTINUATION, payload: "lo ", fin: false },
    { opcode: PONG, payload: "unasked" },
    { opcode: CONTINUATION, payload: "wörld" },
    { opcode: CLOSE, payload: closing(1000, "bye") },
  ],
  [
    { opcode: TEXT, payload: [0xf0, 0x9f], fin: false },
    { opcode: CONTINUATION, payload: [0x98], fin: false },
    { opcode: CONTINUATION, payload: [0x80] },
    { opcode: TEXT, payload: "\ufeffmark" },
  ],
  [
    { opcode: BINARY, payload: [], fin: false },
    { opcode: CONTINUATION, payload: [], fin: false },
    { opcode: CONTINUATION, payload: [0xff] },
    { opcode: PING },
  ],
  [
    { opcode: BINARY, payload: new Uint8Array(125).fill(1) },
    { opcode: BINARY, payload: new Uint8Array(126) },
  ],
  [
    { opcode: TEXT, payload: "x".repeat(130) },
    { opcode: PING, payload: "p".repeat(125) },
  ],
  [
    { opcode: TEXT, payload: [0x61, 0xff, 0x62] },
    { opcode: TEXT, payload: "never" },
  ],
  [
    { opcode: TEXT, payload: [0xed, 0xa0], fin: false },
    { opcode: CONTINUATION, payload: [0x80] },
  ],
  [{ opcode: CONTINUATION, payload: "of nothing" }],
  [
    { opcode: TEXT, payload: "a", fin: false },
    { opcode: TEXT, payload: "b" },
  ],
  [{ opcode: PING, payload: "p".repeat(126) }],
  [{ opcode: PING, payload: "p", fin: false }],
  [{ opcode: CLOSE, payload: [3] }],
  [{ opcode: CLOSE, payload: closing(1005) }, { opcode: PING }],
  [
    { opcode: CLOSE, payload: closing(4000, [0xc3, 0x28]) },
    { opcode: TEXT, payload: "late" },
  ],
  [{ opcode: BINARY, payload: [1, 2], lengthBits: 16 }, { opcode: PING }],
  [{ opcode: BINARY, payload: [1, 2], lengthBits: 64 }],
  [{ opcode: BINARY, announce: 2n ** 63n }],
  [{ opcode: TEXT, payload: "a", mask: false }],
  [{ opcode: TEXT, payload: "a", mask: [0, 0, 0, 0] }],
  [
    { opcode: BINARY, fin: false },
    ...new Array<FrameParts>(5).fill({ opcode: CONTINUATION, payload: [7], fin: false }),
    { opcode: CONTINUATION, payload: [8] },
  ],
];

/** As the peer of who has the role sends it. */
function encode(role: Role, parts: FrameParts): Uint8Array {
  return frame(role === "server" ? parts : { mask: false, ...parts });
}

const limits = [
  { maxMessageBytes: 1, maxFragments: 2 },
  { maxMessageBytes: 130, maxFragments: 5 },
  { maxMessageBytes: 130, maxFragments: 5 },
  { maxMessageBytes: 1000, maxFragments: 100 },
  { maxMessageBytes: 66_000, maxFragments: 100 },
];
const opcodes = [CONTINUATION, CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG, 3, 7, 11, 15];
const codes = [
  0, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000, 4999, 5000, 65_535,
];
const sizes = [0, 1, 2, 3, 4, 7, 16, 124, 125, 126, 127, 129, 130, 131, 999, 1000, 1001];
const largeSizes = [65_535, 65_536, 66_000, 66_001];
const announcements = [0, 1, 125, 126, 130, 131, 65_535, 65_536, 66_001, 2 ** 31, 2 ** 32, 2 ** 53].map(
  BigInt,
);
announcements.push(2n ** 53n - 1n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n);
// biome-ignore format: a table
const sequences = [
  "é", "€", "𝄞", "\ufeff", "\0", "\u{10ffff}", "\ud7ff", "\ue000",
  [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xe0, 0x9f, 0xbf], [0xe0, 0xa0, 0x80], [0xe2, 0x82],
  [0xed, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x90], [0xf4, 0x8f, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80], [0xf5], [0xff], [0xfe],
].map(bytesOf);

/** Makes inputs out of sessions, and out of inputs that were `keep`t since they showed something new. */
export class Mutator {
  readonly #random: () => number;
  readonly #kept: Input[] = [];

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  keep(input: Input): void {
    if (input.bytes.length <= 2000 && this.#kept.length < 500) this.#kept.push(input);
  }

  next(): Input {
    if (this.#kept.length > 0 && this.#chance(0.4)) {
      const kept = this.#pick(this.#kept);
      const bytes = this.#bytes(kept.bytes, kept.role);
      return { ...kept, bytes, cuts: this.#cuts(bytes.length) };
    }
    const role: Role = this.#chance(0.75) ? "server" : "client";
    const frames = this.#frames(this.#pick(sessions));
    const whole = concat(...frames.map((parts) => encode(role, parts)));
    const bytes = this.#chance(0.3) ? this.#bytes(whole, role) : whole;
    return { role, ...this.#pick(limits), bytes, cuts: this.#cuts(bytes.length) };
  }

  #frames(session: Session): FrameParts[] {
    const frames = [...session];
    for (let count = this.#count(); count > 0; count--) this.#mutateFrames(frames);
    return frames;
  }

  #mutateFrames(frames: FrameParts[]): void {
    const at = this.#below(frames.length + 1);
    const other = this.#pick(sessions);
    const mutations: (() => void)[] = [
      () => frames.splice(at, 1),
      () => frames.splice(at, 0, ...frames.slice(at, at + 1 + this.#below(3))),
      () => frames.splice(this.#below(frames.length + 1), 0, ...frames.splice(at, 1)),
      () => frames.splice(at, 0, this.#control()),
      () => frames.splice(at, 0, ...other.slice(this.#below(other.length))),
      () => frames.splice(at, frames.length, ...other.slice(this.#below(other.length))),
      () => frames.splice(at, 1, ...this.#split(frames[at])),
    ];
    if (this.#chance(0.6) || at === frames.length) this.#pick(mutations)();
    else frames[at] = this.#mutateFrame(frames[at] as FrameParts);
  }

  #control(): FrameParts {
    const opcode = this.#pick([PING, PING, PONG, PONG, CLOSE]);
    if (opcode !== CLOSE) return { opcode, payload: this.#payload(this.#below(126)) };
    return {
      opcode,
      payload: closing(this.#pick(codes), this.#chance(0.5) ? "" : [...this.#pick(sequences)]),
    };
  }

  #split(parts: FrameParts | undefined): FrameParts[] {
    if (parts === undefined) return [];
    const payload = bytesOf(parts.payload ?? []);
    const cut = this.#below(payload.length + 1);
    return [
      { ...parts, payload: payload.slice(0, cut), fin: false },
      { ...parts, payload: payload.slice(cut), opcode: CONTINUATION },
    ];
  }

  #mutateFrame(parts: FrameParts): FrameParts {
    const payload = bytesOf(parts.payload ?? []);
    const at = this.#below(payload.length + 1);
    const size = this.#chance(0.02) ? this.#pick(largeSizes) : this.#pick(sizes);
    const mutations: (() => Partial<FrameParts>)[] = [
      () => ({ opcode: this.#pick(opcodes) }),
      () => ({ fin: !(parts.fin ?? true) }),
      () => ({ rsv: this.#below(8) }),
      () => ({ lengthBits: this.#pick([16, 64]) }),
      () => ({ announce: this.#pick(announcements), lengthBits: this.#pick([7, 16, 64]) }),
      () => ({ mask: this.#pick([false, [0, 0, 0, 0], [...this.#payload(4)]]) }),
      () => ({ payload: this.#payload(size) }),
      () => ({ payload: new Uint8Array(size).fill(0x61) }),
      () => ({ payload: concat(payload.slice(0, at), this.#pick(sequences), payload.slice(at)) }),
      () => ({ payload: payload.slice(0, at) }),
      () => ({ payload: this.#bytes(payload, "server") }),
      () => ({ payload: closing(this.#pick(codes), [...payload.slice(0, 123)]) }),
    ];
    return { ...parts, ...this.#pick(mutations)() };
  }

  #bytes(from: Uint8Array, role: Role): Uint8Array {
    let bytes = from;
    for (let count = this.#count(); count > 0; count--) bytes = this.#mutateBytes(bytes, role);
    return bytes;
  }

  #mutateBytes(bytes: Uint8Array, role: Role): Uint8Array {
    const at = this.#below(bytes.length + 1);
    const end = Math.min(bytes.length, at + 1 + this.#below(8));
    const before = bytes.subarray(0, at);
    switch (this.#below(8)) {
      case 0:
        return bytes.map((byte, index) => (index === at ? byte ^ (1 << this.#below(8)) : byte));
      case 1:
        return bytes.map((byte, index) => (index === at ? this.#pick([0, 1, 0x7e, 0x7f, 0x80, 0xff]) : byte));
      case 2:
        return concat(before, bytes.subarray(end));
      case 3:
        return concat(bytes.subarray(0, end), bytes.subarray(at));
      case 4:
        return concat(before, this.#payload(1 + this.#below(4)), bytes.subarray(at));
      case 5:
        return before.slice();
      case 6:
        return concat(before, encode(role, this.#control()), bytes.subarray(at));
      default: {
        const other = concat(...this.#pick(sessions).map((parts) => encode(role, parts)));
        return concat(before, other.subarray(this.#below(other.length)));
      }
    }
  }

  #cuts(length: number): number[] {
    if (this.#chance(0.3)) return [];
    const share = this.#pick([0.02, 0.2, 0.5, 1]);
    const cuts: number[] = [];
    for (let at = 1; at < Math.min(length, 3000); at++) if (this.#chance(share)) cuts.push(at);
    return cuts;
  }

  #payload(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.#below(256));
  }

  #count(): number {
    let count = 1;
    while (this.#chance(0.4)) count++;
    return count;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }
}
