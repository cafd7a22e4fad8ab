import { once } from "node:events";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** Writes a response where an upgrade was asked for, whole, and ends the stream after it. */
export async function writeRefusal(stream: Duplex, response: Response, method = "GET"): Promise<void> {
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
  try {
    if (body !== null && !bodyless) await pipe(body, stream);
    stream.end();
  } catch (error) {
    // Cut short: the peer must not take what it has for the whole.
    stream.destroy();
    throw error;
  }
}

async function pipe(body: ReadableStream<Uint8Array>, stream: Duplex): Promise<void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (stream.destroyed) return;
      if (!stream.write(value)) await Promise.race([once(stream, "drain"), once(stream, "close")]);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
