import { concat } from "../protocol/frames.ts";
import { beginsUtf8, completion, openMessageAt, type ScannedFrame, scan } from "./scan.ts";
import {
  beginsWith,
  type Input,
  type ReadInput,
  readByWirehall,
  readByWs,
  sameEvents,
  sameVerdict,
  type Verdict,
} from "./verdict.ts";

/** Why Wirehall and ws may differ; each is checked against the bytes, and nothing else is let pass. */
export const rules = {
  "header-timing":
    "both refuse a frame with the same code, at different bytes of its header: ws reads two bytes at once and judges opcode, mask and length before the masking key, and a close frame of one byte by its header",
  "utf8-timing": "ws validates a text when it is whole, Wirehall fails at the first bad byte",
  "length-not-minimal": "ws takes a length in more bytes than it needs; RFC 6455 5.2 forbids it",
  "length-top-bit":
    "ws says 1009 of any length of 2^53 or more; with the top bit set RFC 6455 5.2 makes it a protocol error, 1002",
  "fragments-at-header":
    "ws counts a fragment when its payload is whole, and after its length; Wirehall by its header, before its length",
} as const;

export type Rule = keyof typeof rules;

/** What the two readers say, and why they differ: `same`, a rule, or nothing known. */
export interface Comparison {
  readonly ours: Verdict;
  readonly theirs: Verdict;
  readonly why: "same" | Rule | undefined;
}

export function compare(input: Input, read: ReadInput = readByWirehall): Comparison {
  const ours = read(input);
  const theirs = readByWs(input);
  return { ours, theirs, why: sameVerdict(ours, theirs) ? "same" : explain(input, ours, theirs, read) };
}

function explain(input: Input, ours: Verdict, theirs: Verdict, read: ReadInput): Rule | undefined {
  const { bytes, role } = input;
  const whole = { ...input, bytes: concat(bytes, completion(bytes, role === "server")) };
  if (whole.bytes.length === bytes.length) return explainByBytes(input, ours, theirs, read);
  const oursThen = read(whole);
  const theirsThen = readByWs(whole);
  if (!sameVerdict(oursThen, theirsThen)) return explainByBytes(whole, oursThen, theirsThen, read);
  return failedInHeader(input, ours, theirs, read) && oursThen.end === failureOf(ours, theirs)
    ? "header-timing"
    : explainByBytes(input, ours, theirs, read);
}

/** Whether one is open and the other failed in the last frame, of which the header has not all come. */
function failedInHeader(input: Input, ours: Verdict, theirs: Verdict, read: ReadInput): boolean {
  if (failureOf(ours, theirs) === undefined || !sameEvents(ours.events, theirs.events)) return false;
  const { endAt } = (ours.end === "open" ? readByWs : read)(byteByByte(input));
  const { frames, rest } = scan(input.bytes);
  const lastStart = rest < input.bytes.length ? rest : (frames.at(-1)?.start ?? 0);
  return endAt > lastStart;
}

/** How one of them failed, where the other is open. */
function failureOf(one: Verdict, other: Verdict): string | undefined {
  const ends = [one.end, other.end];
  return ends.includes("open") ? ends.find((end) => end.startsWith("fail ")) : undefined;
}

function byteByByte(input: Input): Input {
  return { ...input, cuts: Array.from(input.bytes, (_, index) => index) };
}

function explainByBytes(input: Input, ours: Verdict, theirs: Verdict, read: ReadInput): Rule | undefined {
  const { bytes } = input;
  const exact = read(byteByByte(input));
  if (!sameVerdict(exact, ours) || !beginsWith(theirs.events, ours.events)) return undefined;
  const later = theirs.events.slice(ours.events.length);
  const at = exact.endAt;
  switch (ours.end) {
    case "fail 1002": {
      const frame = scan(bytes).frames.find(({ lengthEnd }) => lengthEnd === at);
      if (frame === undefined) return undefined;
      if (isTopBitSet(frame)) {
        return theirs.end === "fail 1009" && later.length === 0 ? "length-top-bit" : undefined;
      }
      return isNotMinimal(frame) && repaired(input, frame, theirs, read) ? "length-not-minimal" : undefined;
    }
    case "fail 1007": {
      const open = openMessageAt(bytes, at);
      if (!open?.isText || beginsUtf8(open.payload) || !beginsUtf8(open.payload.slice(0, -1)))
        return undefined;
      const silent = later.every((event) => event.startsWith("ping ") || event.startsWith("pong "));
      return silent ? "utf8-timing" : undefined;
    }
    case "fail 1008": {
      const open = openMessageAt(bytes, at);
      if (open?.fragments !== input.maxFragments + 1 || later.length > 0) return undefined;
      const isTooBig = open.announced > BigInt(input.maxMessageBytes);
      return theirs.end === (isTooBig ? "fail 1009" : "open") ? "fragments-at-header" : undefined;
    }
    default:
      return undefined;
  }
}

function isTopBitSet({ lengthBits, announced }: ScannedFrame): boolean {
  return lengthBits === 64 && announced >= 2n ** 63n;
}

function isNotMinimal({ lengthBits, announced }: ScannedFrame): boolean {
  return (lengthBits === 16 && announced < 126n) || (lengthBits === 64 && announced < 65_536n);
}

/** Whether the two agree, or differ by a rule, once the length is written as it must be. */
function repaired(input: Input, frame: ScannedFrame, theirs: Verdict, read: ReadInput): boolean {
  const { bytes } = input;
  const first = bytes[frame.start] as number;
  const maskBit = (bytes[frame.start + 1] as number) & 0x80;
  const length = Number(frame.announced);
  const header =
    length < 126 ? [first, maskBit | length] : [first, maskBit | 126, length >> 8, length & 0xff];
  const mended = concat(
    bytes.subarray(0, frame.start),
    Uint8Array.from(header),
    bytes.subarray(frame.lengthEnd),
  );
  const again = compare({ ...input, bytes: mended, cuts: [] }, read);
  return again.why !== undefined && sameVerdict(again.theirs, theirs);
}
