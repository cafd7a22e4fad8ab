import { headerLine } from "../protocol/headers.ts";
import { badAnswer, readAnswer, readRefusal } from "./answer.ts";
import type { AttemptBounds } from "./attempt.ts";
import { DialError } from "./error.ts";
import type { DialProxy } from "./proxy.ts";
import type { ByteStream } from "./stream.ts";
import type { DialTarget } from "./target.ts";

/**
 * Asks a proxy on the stream for the way to a server, to which the stream then leads. Rejects with a `DialError`, or
 * with the stream's own error.
 *
 * RFC 6455 4.1: "If the client is configured to use a proxy when using the WebSocket Protocol to connect to host /host/
 * and port /port/, then the client SHOULD connect to that proxy and ask it to open a TCP connection to the host given
 * by /host/ and the port given by /port/."
 */
export async function openTunnel(
  stream: ByteStream,
  proxy: DialProxy,
  target: DialTarget,
  clock: AttemptBounds["clock"],
): Promise<void> {
  stream.write(connectRequest(proxy, target));
  const answer = await readAnswer(stream, "proxy");
  const { status } = answer.head;
  if (status >= 200 && status < 300) {
    // The server can't have spoken: it waits for what we ask.
    if (answer.rest.length > 0) throw badAnswer("proxy", `bytes came behind its ${status}`);
    return;
  }
  const response = await readRefusal(stream, answer, clock);
  const message = `the proxy ${proxy.host} answered ${status}, and does not lead to ${target.host}`;
  throw new DialError("PROXY_REFUSED", `${message}${hintFor(status, proxy)}`, { response });
}

function connectRequest({ authorization }: DialProxy, { hostname, port }: DialTarget): Uint8Array {
  const authority = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  let head = `CONNECT ${authority} HTTP/1.1\r\n${headerLine("Host", authority)}`;
  if (authorization !== undefined) head += headerLine("Proxy-Authorization", authorization);
  return Uint8Array.from(`${head}\r\n`, (char) => char.charCodeAt(0));
}

function hintFor(status: number, { authorization }: DialProxy): string {
  if (status !== 407) return "";
  return authorization === undefined
    ? ": write a user and a password for it into its URL"
    : ": it does not take the user and the password in its URL";
}
