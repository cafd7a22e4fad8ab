import { WirehallError } from "../errors.ts";
import {
  acceptKey,
  type DeflateAgreement,
  type DeflateTerms,
  encodeUpgradeRequest,
  newKey,
  type ResponseHead,
  readUpgradeResponse,
  responseHeadReader,
  type UpgradeExpectation,
} from "../protocol/mod.ts";
import type { AttemptBounds } from "./attempt.ts";
import { readBody } from "./body.ts";
import { DialError } from "./error.ts";
import type { ByteStream, DialPlatform } from "./stream.ts";
import type { DialTarget } from "./target.ts";

/** What a client asks of the server. */
export interface HandshakeRequest {
  readonly target: DialTarget;
  readonly subprotocols: readonly string[];
  /** Offers permessage-deflate. */
  readonly deflate: DeflateTerms | undefined;
  readonly origin: string | undefined;
  /** More headers, none of them the handshake's own. */
  readonly headers: Headers;
}

/** What the server agreed to. */
export interface Established {
  /** "" where it chose none. */
  readonly subprotocol: string;
  readonly deflate: DeflateAgreement | undefined;
  readonly headers: Headers;
  /** What came behind its answer. */
  readonly early: Uint8Array;
}

/** The most bytes that the answer's head may have, together with those of interim responses before it. */
const MAX_HEAD_BYTES = 16_384;

/** How long the body of a refusal is waited for: a server that names no length ends it when it likes. */
const REFUSAL_TIMEOUT_MS = 1_000;

const NOTHING: Uint8Array = new Uint8Array(0);

/** A client's opening handshake (RFC 6455 4.1). */
export class OpeningHandshake {
  readonly #request: Uint8Array;
  readonly #expected: UpgradeExpectation;

  /** Throws `INVALID_HEADER` and `INVALID_SUBPROTOCOL` for what can't be sent. */
  constructor(
    request: HandshakeRequest,
    { sha1, randomBytes }: Pick<DialPlatform<ByteStream>, "sha1" | "randomBytes">,
  ) {
    const { target, subprotocols, deflate, origin, headers } = request;
    const key = newKey(randomBytes);
    const head = encodeUpgradeRequest({
      target: target.path,
      host: target.host,
      key,
      protocols: subprotocols,
      deflate,
      origin,
      headers: withAuthorization(headers, target),
    });
    this.#request = Uint8Array.from(head, (char) => char.charCodeAt(0));
    this.#expected = { accept: acceptKey(key, sha1), protocols: subprotocols, deflate };
  }

  /** Asks and reads the answer. Rejects with a `DialError`, or with the stream's own error. */
  async exchange(stream: ByteStream, clock: AttemptBounds["clock"]): Promise<Established> {
    stream.write(this.#request);
    const { head, rest } = await readAnswer(stream);
    const answer = readUpgradeResponse(head, this.#expected);
    if (answer.ok) {
      const { subprotocol, deflate } = answer;
      return { subprotocol, deflate, headers: headersOf(head), early: rest };
    }
    if (head.status === 101) throw badHandshake(answer.message);
    const cancel = clock.after(REFUSAL_TIMEOUT_MS, () => stream.destroy());
    const response = await readRefusal(stream, head, rest);
    cancel();
    throw new DialError("REFUSED", answer.message, { response });
  }
}

function withAuthorization(headers: Headers, { authorization }: DialTarget): Headers {
  if (authorization === undefined) return headers;
  if (headers.has("authorization")) {
    throw new WirehallError(
      "INVALID_HEADER",
      "the URL has a user, and the headers Authorization: give one of them",
    );
  }
  const all = new Headers(headers);
  all.set("authorization", authorization);
  return all;
}

/** The head of the server's final answer, and the bytes that came behind it. */
async function readAnswer(stream: ByteStream): Promise<{ head: ResponseHead; rest: Uint8Array }> {
  let chunk = NOTHING;
  let leftBytes = MAX_HEAD_BYTES;
  for (;;) {
    const reader = responseHeadReader(leftBytes);
    let progress = reader.receive(chunk);
    while (progress.state === "more") {
      leftBytes -= chunk.length;
      chunk = await nextChunk(stream);
      progress = reader.receive(chunk);
    }
    if (progress.state === "fault") throw badHandshake(progress.message);
    const { head, consumedBytes } = progress;
    leftBytes -= consumedBytes;
    chunk = chunk.subarray(consumedBytes);
    // RFC 9110 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response".
    if (head.status >= 200 || head.status === 101) return { head, rest: chunk };
  }
}

async function nextChunk(stream: ByteStream): Promise<Uint8Array> {
  const chunk = await stream.read();
  if (chunk !== undefined) return chunk;
  throw new DialError("DIAL_FAILED", "the server ended the connection before its answer was whole");
}

async function readRefusal(
  stream: ByteStream,
  head: ResponseHead,
  rest: Uint8Array,
): Promise<Response | undefined> {
  const { status, statusText } = head;
  const body = await readBody(stream, head, rest);
  // No Response can have another status.
  if (status < 200 || status > 599) return undefined;
  const content = body.length === 0 ? null : new Uint8Array(body);
  return new Response(content, { status, statusText, headers: headersOf(head) });
}

function headersOf(head: ResponseHead): Headers {
  const headers = new Headers();
  for (const [name, value] of head.headers) headers.append(name, value);
  return headers;
}

function badHandshake(message: string): DialError {
  return new DialError("BAD_HANDSHAKE", message);
}
