import { STATUS_CODES } from "node:http";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { systemClock } from "../../src/endpoint/clock.ts";
import { defaultOf } from "../../src/endpoint/limits.ts";

/** How long the peer may leave its side of the stream open after a refusal. */
const LINGER_MS = defaultOf("lingerTimeoutMs");

/**
 * Writes a response where an upgrade was asked for, whole, and ends the stream after it.
 *
 * A peer that has not taken it in the time is dropped. Rejects with what the response's body threw.
 */
export async function writeRefusal(
  stream: Duplex,
  response: Response,
  timeoutMs: number,
  method = "GET",
): Promise<void> {
  const { status, headers, body } = response;
  const bodyless = method === "HEAD" || status === 204 || status === 304;
  let head = `HTTP/1.1 ${status} ${response.statusText || STATUS_CODES[status] || ""}\r\n`;
  for (const [name, value] of headers) {
    // The length of the body is where the stream ends (RFC 9112 6.3); what the app says of it may be another's.
    if (name !== "connection" && name !== "keep-alive" && name !== "transfer-encoding")
      head += `${name}: ${value}\r\n`;
  }
  const upgrade = headers.has("upgrade") ? "Upgrade, close" : "close";
  if (!headers.has("date")) head += `date: ${new Date().toUTCString()}\r\n`;
  stream.write(Buffer.from(`${head}connection: ${upgrade}\r\n\r\n`, "latin1"));
  if (body === null || bodyless) stream.end();
  else await writeBody(stream, Readable.fromWeb(body as NodeReadableStream), timeoutMs);
  linger(stream);
}

async function writeBody(stream: Duplex, body: Readable, timeoutMs: number): Promise<void> {
  const isBounded = timeoutMs < Number.POSITIVE_INFINITY;
  const cancel = isBounded ? systemClock.after(timeoutMs, () => stream.destroy()) : () => {};
  try {
    // Cut short, the stream is destroyed: the peer must not take what it has for the whole.
    await pipeline(body, stream);
  } catch (error) {
    if (!PEER_IS_GONE.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    cancel();
  }
}

const PEER_IS_GONE = ["ECONNRESET", "EPIPE", "ERR_STREAM_DESTROYED", "ERR_STREAM_PREMATURE_CLOSE"];

/** What the peer still sends is read and dropped, or its FIN would never be seen. */
function linger(stream: Duplex): void {
  if (stream.destroyed) return;
  const cancel = systemClock.after(LINGER_MS, () => stream.destroy());
  stream.on("close", cancel);
  stream.resume();
}
