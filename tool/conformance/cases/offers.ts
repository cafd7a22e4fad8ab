import type { Case, Group, Quote } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { bytesOf, text, textOf, whole } from "../judge/message.ts";
import { rfc7692 as quotes, rfc6455 } from "../standard/standards.ts";
import type { Reply, Subject } from "../subject.ts";
import type { Outcome } from "../verdict.ts";
import { agreementOf, conditionOf, type Extension, extensions, faultOf } from "../wire/extension.ts";
import { faultOfAnswer } from "../wire/handshake.ts";
import { Peer } from "../wire/peer.ts";
import { showReply } from "./handshake-server.ts";
import { clientOffers } from "./offers-client.ts";

const name = "permessage-deflate";
type Fault = (answer: Extension) => string | undefined;

interface OfferRow {
  readonly title: string;
  readonly quote: Quote;
  /** One header each. */
  readonly offers: readonly string[];
  /** What is wrong with an answer to this offer, beyond the grammar. */
  readonly fault?: Fault;
  /** A refusal is as good: zlib has no window of 8 bits. */
  readonly optional?: boolean;
}

/** The value of a parameter: null when it is absent, undefined without a value. */
function value({ params }: Extension, key: string): string | undefined | null {
  const found = params.find(([one]) => one === key);
  return found === undefined ? null : found[1];
}

const noClientBits: Fault = (answer) =>
  value(answer, "client_max_window_bits") === null
    ? undefined
    : "client_max_window_bits, which was not offered";

function bitsUpTo(side: "client" | "server", most: number, required: boolean): Fault {
  return (answer) => {
    const bits = value(answer, `${side}_max_window_bits`);
    if (bits === null) return required ? `${side}_max_window_bits is missing` : undefined;
    return Number(bits) <= most
      ? undefined
      : `${side}_max_window_bits=${bits}, which is above the offered ${most}`;
  };
}

/** Offers, and if one is accepted exchanges messages under what was agreed on. */
function offerCase({ title, quote, offers, fault, optional = false }: OfferRow): Case {
  return {
    title,
    quote,
    tests: "server",
    run: async (subject) => {
      await mustCompress(subject);
      const reply = await offer(subject, offers);
      const expected = optional ? "an answer within the offer, or none" : "an answer within the offer";
      const seen = showReply(reply);
      const [answer, ...others] = extensions(reply.head?.all("sec-websocket-extensions") ?? []);
      if (reply.head === undefined || reply.status !== 101) return { verdict: "failed", expected, seen };
      if (answer === undefined)
        return { verdict: optional ? "informational" : "unimplemented", expected, seen: `${seen}: declined` };
      const wrong =
        faultOfAnswer(reply.head, reply.key) ??
        (others.length > 0 ? "several extensions that use RSV1" : undefined) ??
        faultOf(answer) ??
        fault?.(answer);
      if (wrong !== undefined) return { verdict: "failed", expected, seen: `${wrong}: ${seen}` };
      const outcome = await exchange(reply, answer, extensions(offers));
      return { ...outcome, expected, seen: `${seen}; ${outcome.seen}` };
    },
  };
}

async function exchange(reply: Reply, answer: Extension, offers: readonly Extension[]): Promise<Outcome> {
  const peer = new Peer(reply.stream, "client", agreementOf(answer, "client", offers));
  const messages = [text("Hello"), textOf(70_000), text("Hello"), bytesOf(3000), textOf(70_000), text("")];
  peer.send(...messages.map((one) => ({ ...whole(one), rsv: 4, payload: peer.deflater?.message(one.data) })));
  return await answered(peer, { messages });
}

/** An offer that the server must decline; a refusal of the whole handshake is more than is asked for. */
function declineCase(params: string): Case {
  return {
    title: `declines the offer ${params}`,
    quote: quotes[`decline${conditionOf(params)}`],
    tests: "server",
    run: async (subject) => {
      await mustCompress(subject);
      const reply = await offer(subject, [`${name}; ${params}`]);
      const expected = "101 without an extension";
      const seen = showReply(reply);
      const answers = reply.head?.all("sec-websocket-extensions") ?? [];
      if (reply.status !== 101)
        return { verdict: reply.status >= 400 ? "lenient" : "failed", expected, seen };
      return { verdict: answers.length === 0 ? "strict" : "failed", expected, seen };
    },
  };
}

/** A header that is no list of extensions. */
function malformedCase(header: string): Case {
  return {
    title: `refuses the malformed header ${header}`,
    quote: rfc6455.extensionGrammar,
    tests: "server",
    run: async (subject) => {
      await mustCompress(subject);
      const reply = await offer(subject, [header]);
      const expected = "an answer with 4xx";
      const seen = showReply(reply);
      const answers = reply.head?.all("sec-websocket-extensions") ?? [];
      if (reply.status === 101)
        return { verdict: answers.length === 0 ? "lenient" : "failed", expected, seen };
      return { verdict: reply.status >= 400 ? "strict" : "failed", expected, seen };
    },
  };
}

function offer(subject: Subject, offers: readonly string[]): Promise<Reply> {
  return subject.ask({ more: offers.map((one) => ["Sec-WebSocket-Extensions", one] as const) });
}

/** Throws `Missing` where not even the plainest offer is accepted. */
async function mustCompress(subject: Subject): Promise<void> {
  const peer = await subject.open({ deflate: `${name}; client_max_window_bits` });
  peer.stream.destroy();
}

const serverContext: Fault = (answer) =>
  value(answer, "server_no_context_takeover") === null ? "server_no_context_takeover is missing" : undefined;

export const offers: Group = {
  name: "offers",
  title: "Compression: offers",
  sections: [
    [
      offerCase({
        title: "accepts an offer without parameters",
        quote: quotes.clientBits,
        offers: [name],
        fault: noClientBits,
      }),
      offerCase({
        title: "accepts client_max_window_bits without a value",
        quote: quotes.clientBitsMay,
        offers: [`${name}; client_max_window_bits`],
      }),
      ...[8, 9, 10, 11, 12, 13, 14, 15].map((bits) =>
        offerCase({
          title: `accepts client_max_window_bits=${bits}`,
          quote: quotes.clientBitsMay,
          offers: [`${name}; client_max_window_bits=${bits}`],
          fault: bitsUpTo("client", bits, false),
        }),
      ),
      ...[8, 9, 10, 11, 12, 13, 14, 15].map((bits) =>
        offerCase({
          title: `accepts server_max_window_bits=${bits}`,
          quote: quotes.serverBits,
          offers: [`${name}; server_max_window_bits=${bits}`],
          fault: bitsUpTo("server", bits, true),
          optional: bits === 8,
        }),
      ),
      offerCase({
        title: "accepts server_no_context_takeover",
        quote: quotes.serverContext,
        offers: [`${name}; server_no_context_takeover`],
        fault: (answer) => serverContext(answer) ?? noClientBits(answer),
      }),
      offerCase({
        title: "accepts client_no_context_takeover",
        quote: quotes.clientContext,
        offers: [`${name}; client_no_context_takeover`],
        fault: noClientBits,
      }),
      offerCase({
        title: "accepts all four parameters",
        quote: quotes.serverBits,
        offers: [
          `${name}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11`,
        ],
        fault: (answer) =>
          serverContext(answer) ??
          bitsUpTo("server", 12, true)(answer) ??
          bitsUpTo("client", 11, false)(answer),
      }),
      offerCase({
        title: "accepts a quoted value",
        quote: quotes.serverBits,
        offers: [`${name}; server_max_window_bits="12"`],
        fault: bitsUpTo("server", 12, true),
      }),
      offerCase({
        title: "accepts an offer without spaces",
        quote: quotes.serverContext,
        offers: [`${name};server_no_context_takeover;client_max_window_bits`],
        fault: serverContext,
      }),
      offerCase({
        title: "accepts an offer with many spaces",
        quote: quotes.serverContext,
        offers: [`  ${name} ;  server_no_context_takeover ;\tclient_max_window_bits`],
        fault: serverContext,
      }),
    ],
    [
      offerCase({
        title: "falls back to a second offer",
        quote: quotes.fallback,
        offers: [`${name}; server_max_window_bits=7, ${name}`],
        fault: noClientBits,
      }),
      offerCase({
        title: "passes an unknown extension over",
        quote: quotes.fallback,
        offers: [`x-unknown, ${name}`],
        fault: noClientBits,
      }),
      offerCase({
        title: "passes an offer with an unknown parameter over",
        quote: quotes.fallback,
        offers: [`${name}; unknown=1, ${name}; client_max_window_bits`],
      }),
      offerCase({
        title: "reads offers from two headers",
        quote: quotes.fallback,
        offers: [`${name}; unknown`, name],
        fault: noClientBits,
      }),
      offerCase({
        title: "answers one of two good offers",
        quote: quotes.fallback,
        offers: [`${name}; server_no_context_takeover, ${name}`],
        fault: noClientBits,
      }),
      offerCase({
        title: "takes no second extension that uses RSV1",
        quote: quotes.noConflict,
        offers: [`${name}, x-webkit-deflate-frame`],
        fault: noClientBits,
      }),
    ],
    [
      "unknown",
      "unknown=1",
      "server_max_window_bits",
      ...["7", "16", "0", "010", "x", "9.5"].map((bits) => `server_max_window_bits=${bits}`),
      ...["7", "16", "08", "x"].map((bits) => `client_max_window_bits=${bits}`),
      "server_no_context_takeover=1",
      "client_no_context_takeover=true",
      "server_no_context_takeover; server_no_context_takeover",
      "client_no_context_takeover; client_no_context_takeover",
      "server_max_window_bits=10; server_max_window_bits=10",
      "client_max_window_bits; client_max_window_bits=10",
    ].map(declineCase),
    [
      `${name};`,
      `${name}; ;`,
      `${name}; server_max_window_bits=`,
      `${name}; server_max_window_bits="10`,
      `${name} x`,
    ].map(malformedCase),
    clientOffers,
  ],
};
