import type { ResponseHead } from "../protocol/mod.ts";
import type { ByteStream } from "./stream.ts";

/** As much of a refusal's body as is kept. */
const MAX_BODY_BYTES = 65_536;

/** Statuses whose responses have no body (RFC 9110 15, and the Fetch standard's null body statuses). */
const BODYLESS: readonly number[] = [204, 205, 304];

const NOTHING: Uint8Array = new Uint8Array(0);

/** Takes the bytes of a body, as the framing has them; `isWhole` once no more belong to it. */
interface BodyFraming {
  readonly isWhole: boolean;
  /** Returns which of the chunk's bytes are of the content. */
  take(chunk: Uint8Array): Uint8Array;
}

/**
 * The body of a response, of which `rest` came with its head: all of it, or what came until it was over 64 KiB or
 * the stream ended.
 */
export async function readBody(
  stream: ByteStream,
  head: ResponseHead,
  rest: Uint8Array,
): Promise<Uint8Array> {
  const body = new Uint8Array(MAX_BODY_BYTES);
  const framing = framingOf(head);
  let bytes = 0;
  let chunk: Uint8Array | undefined = rest;
  while (chunk !== undefined) {
    const content = framing.take(chunk).subarray(0, MAX_BODY_BYTES - bytes);
    body.set(content, bytes);
    bytes += content.length;
    if (framing.isWhole || bytes === MAX_BODY_BYTES) break;
    // The refusal stands, whether or not the server says it to the end.
    chunk = await stream.read().catch(() => undefined);
  }
  return body.slice(0, bytes);
}

/** RFC 9112 6.3: how long a body is. */
function framingOf({ status, headers }: ResponseHead): BodyFraming {
  if (BODYLESS.includes(status)) return new SizedBody(0);
  const coding = headers.get("transfer-encoding");
  if (coding !== null) return /(^|[\s,])chunked$/i.test(coding) ? new ChunkedBody() : new SizedBody(Infinity);
  const length = headers.get("content-length");
  return new SizedBody(length !== null && /^\d+$/.test(length) ? Number(length) : Infinity);
}

class SizedBody implements BodyFraming {
  #leftBytes: number;

  constructor(bytes: number) {
    this.#leftBytes = bytes;
  }

  get isWhole(): boolean {
    return this.#leftBytes === 0;
  }

  take(chunk: Uint8Array): Uint8Array {
    const content = chunk.subarray(0, this.#leftBytes);
    this.#leftBytes -= content.length;
    return content;
  }
}

const LF = 0x0a;
const MAX_LINE_BYTES = 4096;

/** RFC 9112 7.1: pieces, each behind a line with its size. What is malformed ends it. */
class ChunkedBody implements BodyFraming {
  isWhole = false;
  /** A line, as far as it has come. */
  #line = "";
  /** The bytes that are left of a piece. */
  #leftBytes = 0;

  take(chunk: Uint8Array): Uint8Array {
    const content: number[] = [];
    for (const byte of chunk) {
      if (this.isWhole) break;
      if (this.#leftBytes > 0) {
        content.push(byte);
        this.#leftBytes--;
      } else if (byte === LF) {
        this.#lineEnds(this.#line.trim());
        this.#line = "";
      } else {
        this.#line += String.fromCharCode(byte);
        this.isWhole = this.#line.length > MAX_LINE_BYTES;
      }
    }
    return content.length === 0 ? NOTHING : Uint8Array.from(content);
  }

  /** An empty line is the end of the piece before it. */
  #lineEnds(line: string): void {
    if (line === "") return;
    const size = /^[0-9a-f]{1,8}(?=\s*(;|$))/i.exec(line)?.[0] ?? "0";
    this.#leftBytes = Number.parseInt(size, 16);
    this.isWhole = this.#leftBytes === 0;
  }
}
