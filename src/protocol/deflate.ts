import { type Extension, type ExtensionParameter, writeExtensions } from "./extension.ts";

/** What a side lets the extension permessage-deflate be (RFC 7692). */
export interface DeflateTerms {
  /** Whether the messages of a connection may be compressed by what came before in it [false]. */
  readonly contextTakeover?: boolean;
  /** The largest LZ77 window in either direction, as a power of two from 9 to 15 [15]. */
  readonly maxWindowBits?: number;
  /** False for a server whose own window is always of 15 bits [true]. */
  readonly limitsWindow?: boolean;
}

/** One direction of a connection on which permessage-deflate was agreed. */
export interface DeflateDirection {
  /** The most that the LZ77 window has, as a power of two from 8 to 15. */
  readonly windowBits: number;
  /** Whether a message may refer to those before it. */
  readonly contextTakeover: boolean;
}

/** What was agreed, from one side's view. */
export interface DeflateAgreement {
  readonly send: DeflateDirection;
  readonly receive: DeflateDirection;
}

/** An offer that a server takes: what it means, and the value of `Sec-WebSocket-Extensions` that says so. */
export interface DeflateAcceptance {
  readonly agreement: DeflateAgreement;
  readonly answer: string;
}

/** The four parameters (RFC 7692 7.1), each undefined where it is absent. */
interface Parameters {
  readonly serverNoTakeover: boolean;
  readonly clientNoTakeover: boolean;
  readonly serverBits: number | undefined;
  /** True without a value, which an offer may have. */
  readonly clientBits: number | true | undefined;
}

const NAME = "permessage-deflate";
const SERVER_NO_TAKEOVER = "server_no_context_takeover";
const CLIENT_NO_TAKEOVER = "client_no_context_takeover";
const SERVER_BITS = "server_max_window_bits";
const CLIENT_BITS = "client_max_window_bits";
const MAX_BITS = 15;
const MIN_OWN_BITS = 9;

/** Whether the extension is permessage-deflate: its ABNF's strings are of any case (RFC 5234 2.3). */
export function isDeflate({ name }: Extension): boolean {
  return name.toLowerCase() === NAME;
}

/** The first of a client's offers that a server can take whole; undefined where there is none. */
export function acceptDeflate(
  offers: readonly Extension[],
  terms: DeflateTerms = {},
): DeflateAcceptance | undefined {
  for (const offer of offers) {
    // RFC 7692 7.1: a server MUST decline an offer with a parameter that is unknown, has an invalid value or is
    // there twice, and one whose configuration it does not support.
    const parameters = isDeflate(offer) ? readParameters(offer.parameters) : undefined;
    if (parameters === undefined) continue;
    const accepted = acceptOffer(parameters, terms);
    if (accepted !== undefined) return accepted;
  }
  return undefined;
}

function acceptOffer(offer: Parameters, terms: DeflateTerms): DeflateAcceptance | undefined {
  const { contextTakeover = false, maxWindowBits = MAX_BITS, limitsWindow = true } = terms;
  const ownLimit = limitsWindow ? maxWindowBits : MAX_BITS;
  if (offer.serverBits !== undefined) {
    // zlib makes a window of 8 bits one of 9, which a client with 8 bits could not read.
    if (offer.serverBits < MIN_OWN_BITS || !limitsWindow) return undefined;
  }
  const sendBits = Math.min(offer.serverBits ?? MAX_BITS, ownLimit);
  const clientHint = typeof offer.clientBits === "number" ? offer.clientBits : MAX_BITS;
  // 7.1.2.2: "If a received extension negotiation offer doesn't have the "client_max_window_bits" extension
  // parameter, the corresponding extension negotiation response to the offer MUST NOT include the
  // "client_max_window_bits" extension parameter."
  const receiveBits = offer.clientBits === undefined ? MAX_BITS : Math.min(clientHint, ownLimit);
  const send = { windowBits: sendBits, contextTakeover: contextTakeover && !offer.serverNoTakeover };
  const receive = { windowBits: receiveBits, contextTakeover: contextTakeover && !offer.clientNoTakeover };
  // 7.1.1.1 and 7.1.2.1: an offer with one of these is accepted by including it in the response.
  const answer: ExtensionParameter[] = [];
  if (!send.contextTakeover) answer.push({ name: SERVER_NO_TAKEOVER, value: undefined });
  if (!receive.contextTakeover) answer.push({ name: CLIENT_NO_TAKEOVER, value: undefined });
  if (offer.serverBits !== undefined || sendBits < MAX_BITS) answer.push(bits(SERVER_BITS, sendBits));
  if (receiveBits < clientHint) answer.push(bits(CLIENT_BITS, receiveBits));
  return {
    agreement: { send, receive },
    answer: writeExtensions([{ name: NAME, parameters: answer }]),
  };
}

/** The value of `Sec-WebSocket-Extensions` by which a client offers permessage-deflate. */
export function offerDeflate(terms: DeflateTerms = {}): string {
  const { contextTakeover = false, maxWindowBits = MAX_BITS } = terms;
  const parameters: ExtensionParameter[] = [];
  if (!contextTakeover) {
    parameters.push({ name: SERVER_NO_TAKEOVER, value: undefined });
    parameters.push({ name: CLIENT_NO_TAKEOVER, value: undefined });
  }
  if (maxWindowBits < MAX_BITS) {
    parameters.push(bits(SERVER_BITS, maxWindowBits), bits(CLIENT_BITS, maxWindowBits));
  } else {
    parameters.push({ name: CLIENT_BITS, value: undefined });
  }
  return writeExtensions([{ name: NAME, parameters }]);
}

/**
 * Reads a server's answer to `offerDeflate(terms)`: what was agreed, undefined where the server takes no
 * extension, or why the client must fail the connection (RFC 6455 4.1, RFC 7692 7.1).
 */
export function readDeflateAnswer(
  extensions: readonly Extension[],
  terms: DeflateTerms = {},
): DeflateAgreement | { readonly problem: string } | undefined {
  const { contextTakeover = false, maxWindowBits = MAX_BITS } = terms;
  const [extension] = extensions;
  if (extension === undefined) return undefined;
  if (extensions.length > 1 || !isDeflate(extension)) {
    return { problem: `the server uses extensions that were not offered: ${writeExtensions(extensions)}` };
  }
  const answer = readParameters(extension.parameters);
  const bad = (problem: string) => ({ problem: `the server's ${NAME} ${problem}` });
  if (answer === undefined) return bad("has a parameter that is unknown, invalid or there twice");
  const { serverBits, clientBits } = answer;
  if (clientBits === true) return bad(`has a ${CLIENT_BITS} without a value`);
  if (!contextTakeover && !answer.serverNoTakeover) return bad(`lacks the ${SERVER_NO_TAKEOVER} asked for`);
  if ((serverBits ?? MAX_BITS) > maxWindowBits) return bad(`has no ${SERVER_BITS} up to ${maxWindowBits}`);
  if (clientBits !== undefined && clientBits > maxWindowBits) {
    return bad(`has a ${CLIENT_BITS} of ${clientBits}, over the ${maxWindowBits} offered`);
  }
  return {
    send: {
      windowBits: clientBits ?? maxWindowBits,
      contextTakeover: contextTakeover && !answer.clientNoTakeover,
    },
    receive: { windowBits: serverBits ?? MAX_BITS, contextTakeover: !answer.serverNoTakeover },
  };
}

/** Reads parameters; undefined where one is unknown, has an invalid value or comes twice (RFC 7692 7.1). */
function readParameters(parameters: readonly ExtensionParameter[]): Parameters | undefined {
  const seen = new Map<string, number | true>();
  for (const { name, value } of parameters) {
    const key = name.toLowerCase();
    const read = readParameter(key, value);
    if (read === undefined || seen.has(key)) return undefined;
    seen.set(key, read);
  }
  return {
    serverNoTakeover: seen.has(SERVER_NO_TAKEOVER),
    clientNoTakeover: seen.has(CLIENT_NO_TAKEOVER),
    serverBits: seen.get(SERVER_BITS) as number | undefined,
    clientBits: seen.get(CLIENT_BITS),
  };
}

function readParameter(name: string, value: string | undefined): number | true | undefined {
  if (name === SERVER_NO_TAKEOVER || name === CLIENT_NO_TAKEOVER) return value === undefined || undefined;
  if (name === CLIENT_BITS && value === undefined) return true;
  if (name !== SERVER_BITS && name !== CLIENT_BITS) return undefined;
  // 7.1.2: "a decimal integer value without leading zeroes between 8 to 15, inclusive".
  return value !== undefined && /^([89]|1[0-5])$/.test(value) ? Number(value) : undefined;
}

function bits(name: string, value: number): ExtensionParameter {
  return { name, value: String(value) };
}
