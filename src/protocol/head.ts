import { badValueIndex, HeaderFields, skipSpace, tokenEnd } from "./headers.ts";

/** The most bytes that a head may have [16 KiB]. */
export const DEFAULT_MAX_HEAD_BYTES = 16_384;

/** The head of an HTTP/1 request. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** "1.0" or "1.1". */
  readonly httpVersion: string;
  readonly headers: HeaderFields;
}

/** The head of an HTTP/1 response. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  /** "1.0" or "1.1". */
  readonly httpVersion: string;
  readonly headers: HeaderFields;
}

/**
 * How far a head is. `consumedBytes` of the chunk belonged to it, and the rest is what follows the head. A
 * fault is the peer's; `status` is what a server answers to it.
 */
export type HeadProgress<Head> =
  | { readonly state: "more" }
  | { readonly state: "done"; readonly head: Head; readonly consumedBytes: number }
  | { readonly state: "fault"; readonly status: 400 | 431; readonly message: string };

/** A head reader: `receive` takes the next bytes, until it returns `done` or `fault`. */
export interface HeadReader<Head> {
  receive(chunk: Uint8Array): HeadProgress<Head>;
}

/** Reads an HTTP/1 request's head from a byte stream (RFC 9112 3, 5). */
export function requestHeadReader(maxBytes: number = DEFAULT_MAX_HEAD_BYTES): HeadReader<RequestHead> {
  return new BoundedHeadReader(readRequestHead, "", maxBytes);
}

/**
 * Reads an HTTP/1 response's head from a byte stream (RFC 9112 4, 5). A peer that speaks another protocol is found
 * out by its first bytes, since it may never send what ends a head.
 */
export function responseHeadReader(maxBytes: number = DEFAULT_MAX_HEAD_BYTES): HeadReader<ResponseHead> {
  return new BoundedHeadReader(readResponseHead, "HTTP/1.", maxBytes);
}

const CR = 0x0d;
const LF = 0x0a;
const CODES_AT_ONCE = 4096;

class BoundedHeadReader<Head> implements HeadReader<Head> {
  readonly #parse: (text: string) => Head | string;
  readonly #beginning: string;
  readonly #maxBytes: number;
  #text = "";
  /** How much of the CRLF CRLF that ends a head has been seen. */
  #matched = 0;

  constructor(parse: (text: string) => Head | string, beginning: string, maxBytes: number) {
    this.#parse = parse;
    this.#beginning = beginning;
    this.#maxBytes = maxBytes;
  }

  receive(chunk: Uint8Array): HeadProgress<Head> {
    const room = this.#maxBytes - this.#text.length;
    const end = this.#findEnd(chunk, Math.min(chunk.length, room));
    if (end === -1 && chunk.length >= room) {
      return { state: "fault", status: 431, message: `the head has not ended after ${this.#maxBytes} bytes` };
    }
    this.#text += latin1(chunk, end === -1 ? chunk.length : end);
    if (end === -1) {
      const seen = this.#beginning.slice(0, this.#text.length);
      if (this.#text.startsWith(seen)) return { state: "more" };
      return { state: "fault", status: 400, message: `what came does not begin with ${this.#beginning}` };
    }
    const head = this.#parse(this.#text);
    if (typeof head === "string") return { state: "fault", status: 400, message: head };
    return { state: "done", head, consumedBytes: end };
  }

  /** Where the head ends in `chunk[0..limit)`, or -1. */
  #findEnd(chunk: Uint8Array, limit: number): number {
    for (let at = 0; at < limit; at++) {
      const byte = chunk[at] as number;
      if (byte === (this.#matched % 2 === 0 ? CR : LF)) this.#matched++;
      else this.#matched = byte === CR ? 1 : 0;
      if (this.#matched === 4) return at + 1;
    }
    return -1;
  }
}

function readRequestHead(text: string): RequestHead | string {
  const lines = text.split("\r\n");
  const match = /^(\S+) ([\x21-\x7e]+) HTTP\/(1\.[01])$/.exec(lines[0] as string);
  if (match === null || tokenEnd(match[1] as string, 0) !== match[1]?.length)
    return "the request line is malformed";
  const headers = readFields(lines, false);
  if (typeof headers === "string") return headers;
  return { method: match[1] as string, target: match[2] as string, httpVersion: match[3] as string, headers };
}

function readResponseHead(text: string): ResponseHead | string {
  const lines = text.split("\r\n");
  const match = /^HTTP\/(1\.[01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(lines[0] as string);
  if (match === null) return "the status line is malformed";
  const headers = readFields(lines, true);
  if (typeof headers === "string") return headers;
  return { status: Number(match[2]), statusText: match[3] ?? "", httpVersion: match[1] as string, headers };
}

/**
 * The fields of a head's lines, or what is wrong with them. The last two lines are the empty ones of the end.
 */
function readFields(lines: readonly string[], unfolds: boolean): HeaderFields | string {
  const fields = new HeaderFields();
  for (let index = 1; index < lines.length - 2; ) {
    const first = index++;
    let line = lines[first] as string;
    // RFC 9112 5.2 lets a server reject the obsolete folding, while a "user agent that receives an obs-fold in a
    // response message [...] MUST replace each received obs-fold with one or more SP octets".
    while (unfolds && index < lines.length - 2 && /^[ \t]/.test(lines[index] as string)) {
      line = `${line} ${lines[index++]}`;
    }
    // 5.1: "No whitespace is allowed between the field name and colon."
    const colon = tokenEnd(line, 0);
    if (colon === 0 || line[colon] !== ":")
      return `header line ${first} has a bad character at index ${colon}`;
    const bad = badValueIndex(line);
    if (bad !== -1) return `header line ${first} has a bad character at index ${bad}`;
    fields.add(line.slice(0, colon), line.slice(skipSpace(line, colon + 1)).replace(/[ \t]+$/, ""));
  }
  return fields;
}

function latin1(bytes: Uint8Array, end: number): string {
  let text = "";
  for (let at = 0; at < end; at += CODES_AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + CODES_AT_ONCE)));
  }
  return text;
}
