import { type ResponseHead, responseHeadReader } from "../protocol/mod.ts";
import type { AttemptBounds } from "./attempt.ts";
import { readBody } from "./body.ts";
import { DialError } from "./error.ts";
import type { ByteStream } from "./stream.ts";

/** Who answers: a server, or the proxy before it. */
export type Answerer = "server" | "proxy";

/** The head of a final answer, and the bytes that came behind it. */
export interface Answer {
  readonly head: ResponseHead;
  readonly rest: Uint8Array;
}

/** The most bytes that the answer's head may have, together with those of interim responses before it. */
const MAX_HEAD_BYTES = 16_384;

/** How long the body of a refusal is waited for: a server that names no length ends it when it likes. */
const REFUSAL_TIMEOUT_MS = 1_000;

const NOTHING: Uint8Array = new Uint8Array(0);

/** Reads the answer to a request. Rejects with a `DialError`, or with the stream's own error. */
export async function readAnswer(stream: ByteStream, from: Answerer): Promise<Answer> {
  let chunk = NOTHING;
  let leftBytes = MAX_HEAD_BYTES;
  for (;;) {
    const reader = responseHeadReader(leftBytes);
    let progress = reader.receive(chunk);
    while (progress.state === "more") {
      leftBytes -= chunk.length;
      chunk = await nextChunk(stream, from);
      progress = reader.receive(chunk);
    }
    if (progress.state === "fault") throw badAnswer(from, progress.message);
    const { head, consumedBytes } = progress;
    leftBytes -= consumedBytes;
    chunk = chunk.subarray(consumedBytes);
    // RFC 9110 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response".
    if (head.status >= 200 || head.status === 101) return { head, rest: chunk };
  }
}

async function nextChunk(stream: ByteStream, from: Answerer): Promise<Uint8Array> {
  const chunk = await stream.read();
  if (chunk !== undefined) return chunk;
  throw new DialError("DIAL_FAILED", `the ${from} ended the connection before its answer was whole`);
}

/** An answer that refuses, whole as far as it comes in time. Undefined for a status that no Response can have. */
export async function readRefusal(
  stream: ByteStream,
  { head, rest }: Answer,
  clock: AttemptBounds["clock"],
): Promise<Response | undefined> {
  const { status, statusText } = head;
  const cancel = clock.after(REFUSAL_TIMEOUT_MS, () => stream.destroy());
  const body = await readBody(stream, head, rest);
  cancel();
  if (status < 200 || status > 599) return undefined;
  const content = body.length === 0 ? null : new Uint8Array(body);
  return new Response(content, { status, statusText, headers: headersOf(head) });
}

export function headersOf(head: ResponseHead): Headers {
  const headers = new Headers();
  for (const [name, value] of head.headers) headers.append(name, value);
  return headers;
}

export function badAnswer(from: Answerer, message: string): DialError {
  return new DialError("BAD_HANDSHAKE", from === "server" ? message : `the proxy's answer: ${message}`);
}
