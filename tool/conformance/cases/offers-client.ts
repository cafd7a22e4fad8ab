import type { Case } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { text, whole } from "../judge/message.ts";
import { rfc7692 as quotes } from "../standard/standards.ts";
import { Missing, type Subject } from "../subject.ts";
import type { Outcome } from "../verdict.ts";
import { conditionOf, type Extension, extensions, faultOfOffers } from "../wire/extension.ts";

const name = "permessage-deflate";
const header = "Sec-WebSocket-Extensions";

/** What the client offers of permessage-deflate. Throws `Missing` where it offers none. */
async function offersOf(subject: Subject): Promise<Extension[]> {
  const { head } = await subject.request();
  const offers = extensions(head.all(header)).filter((one) => one.name === name);
  if (offers.length === 0) throw new Missing(`the client does not offer ${name}`);
  return offers;
}

/** A client that gets a wrong answer must fail the connection: a message shows whether it took it. */
async function failed(subject: Subject, answer: string): Promise<Outcome> {
  const peer = await subject.answer({ more: [[header, answer]] });
  peer.send(whole(text("Hello")));
  const expected = "the end of TCP";
  const event = await peer.next(expected);
  if (event.kind === "end") return { verdict: "strict", expected, seen: peer.story };
  return { verdict: event.kind === "close" ? "lenient" : "failed", expected, seen: peer.story };
}

function badAnswerCase(params: string): Case {
  return {
    title: `fails on the answer ${params}`,
    quote: quotes[`fail${conditionOf(params)}`],
    tests: "client",
    run: async (subject) => {
      await offersOf(subject);
      return await failed(subject, `${name}; ${params}`);
    },
  };
}

const goodOffer: Case = {
  title: "offers compression as the standard has it",
  quote: quotes.offerName,
  tests: "client",
  run: async (subject) => {
    await offersOf(subject);
    const values = (await subject.request()).head.all(header);
    const fault = faultOfOffers(values);
    const outcome = await answered(await subject.answer({}), {});
    const verdict = fault === undefined ? outcome.verdict : "failed";
    return { verdict, expected: "a well-formed offer", seen: fault ?? values.join(", ") };
  },
};

const answeredTwice: Case = {
  title: "fails on an answer with two extensions that use RSV1",
  quote: quotes.noConflictClient,
  tests: "client",
  run: async (subject) => {
    await offersOf(subject);
    return await failed(subject, `${name}, ${name}`);
  },
};

const unsupported: Case = {
  title: "fails on client_max_window_bits where it has not offered it",
  quote: quotes.failUnsupported,
  tests: "client",
  run: async (subject) => {
    const offers = await offersOf(subject);
    const offered = offers.some(({ params }) => params.some(([key]) => key === "client_max_window_bits"));
    if (!offered) return await failed(subject, `${name}; client_max_window_bits=10`);
    const outcome = await answered(await subject.answer({}), {});
    return { ...outcome, verdict: "informational", seen: "client_max_window_bits in the offer" };
  },
};

export const clientOffers: readonly Case[] = [
  ...[
    "unknown",
    "server_max_window_bits=7",
    "server_max_window_bits",
    "client_max_window_bits=16",
    "server_no_context_takeover=1",
    "server_no_context_takeover; server_no_context_takeover",
  ].map(badAnswerCase),
  goodOffer,
  answeredTwice,
  unsupported,
];
