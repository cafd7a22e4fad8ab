import type { Outcome } from "../verdict.ts";
import type { Event, Peer } from "../wire/peer.ts";
import { show } from "../wire/show.ts";
import { endOfTcp } from "./ending.ts";
import { type Message, showMessage } from "./message.ts";

/** What the subject must send; messages and pongs each in their order. All but the last of the pongs may be left out. */
export interface Expected {
  readonly messages?: readonly Message[];
  readonly pongs?: readonly (string | Uint8Array)[];
  /** Pongs that come later than this many messages are allowed, but not the best. */
  readonly pongsBeforeMessage?: number;
}

/** What is expected, in words. */
export function describe({ messages = [], pongs = [] }: Expected): string {
  const all = [
    ...pongs.map((pong) => `Pong ${show(Buffer.from(pong))}`),
    ...messages.map((message) => showMessage(message)),
  ];
  return all.length > 4 ? `${all.slice(0, 3).join(", ")} … ${all.length} in all` : all.join(", ");
}

/** Awaits all that is expected, in order, then a clean close that the tool starts with 1000. */
export async function answered(peer: Peer, expected: Expected): Promise<Outcome> {
  const words = `${describe(expected) || "no answer"}, then a clean close`;
  const outcome = await exchanged(peer, expected, words);
  return outcome.verdict === "failed" || outcome.verdict === "unimplemented"
    ? outcome
    : await closed(peer, outcome);
}

/** Awaits all that is expected, in order; the connection stays open. */
export async function exchanged(
  peer: Peer,
  expected: Expected,
  words: string = describe(expected),
): Promise<Outcome> {
  const state = new Remaining(expected);
  while (!state.done) {
    const event = await peer.next(words);
    if (event.kind === "close" && (event.code === 1008 || event.code === 1009)) {
      return { verdict: "unimplemented", expected: words, seen: `${peer.story}: a limit of the subject` };
    }
    if (!state.take(event)) return { verdict: "failed", expected: words, seen: peer.story };
  }
  return { verdict: state.lenient ? "lenient" : "strict", expected: words, seen: peer.story };
}

/** Which of the expected events have not come. */
export class Remaining {
  /** What came was allowed, but not the best. */
  lenient = false;
  readonly #messages: Message[];
  readonly #pongs: Buffer[];
  readonly #pongsBefore: number;
  #came = 0;

  constructor({ messages = [], pongs = [], pongsBeforeMessage = Number.POSITIVE_INFINITY }: Expected) {
    this.#messages = [...messages];
    this.#pongs = pongs.map((pong) => Buffer.from(pong));
    this.#pongsBefore = pongsBeforeMessage;
  }

  get done(): boolean {
    return this.#messages.length === 0 && this.#pongs.length === 0;
  }

  /** Whether the event was the next of its kind. RFC 6455, 5.5.3: a pong may stand for those before it. */
  take(event: Event): boolean {
    if (event.kind === "pong") {
      const skipped = this.#pongs.findIndex((pong) => pong.equals(event.data));
      if (skipped > 0 || this.#came > this.#pongsBefore) this.lenient = true;
      this.#pongs.splice(0, skipped + 1);
      return skipped !== -1;
    }
    if (event.kind !== "text" && event.kind !== "binary") return false;
    this.#came++;
    const next = this.#messages.shift();
    return next !== undefined && next.kind === event.kind && next.data.equals(event.data);
  }
}

/** Starts the closing handshake with 1000 and awaits its end; `outcome` stands if it went well. */
export async function closed(peer: Peer, outcome: Outcome): Promise<Outcome> {
  peer.sendClose();
  const event = await peer.next("a Close frame in answer to ours");
  if (event.kind !== "close") {
    return {
      verdict: "failed",
      expected: outcome.expected,
      seen: `${peer.story}, where a Close frame was due`,
    };
  }
  const { how } = await endOfTcp(peer);
  return how === undefined
    ? { verdict: "failed", expected: outcome.expected, seen: `${peer.story}, where the end of TCP was due` }
    : { ...outcome, seen: peer.story };
}
