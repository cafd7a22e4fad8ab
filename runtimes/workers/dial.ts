import { connect as connectTcp } from "cloudflare:sockets";
import type { DialAddress, TlsPeer } from "../../src/client/stream.ts";
import type { Dial } from "../../src/dial.ts";
import { dialer } from "../../src/dialer.ts";
import { dialGaps, dialGapsWithoutZlib } from "./capabilities.ts";
import { fillRandom } from "./random.ts";
import { TcpSocket } from "./socket.ts";
import { TcpStream } from "./tcp.ts";
import { workersDeflate } from "./zlib.ts";

/**
 * Opens a WebSocket by Wirehall's own wire, over `cloudflare:sockets`.
 *
 * It belongs to the request or the Durable Object's event in which it was dialed: `waitUntil(connection.closed)` keeps
 * that alive for it.
 */
export const dial: Dial = dialer<TcpStream>({
  sha1: async (bytes) =>
    new Uint8Array(await crypto.subtle.digest("SHA-1", bytes as Uint8Array<ArrayBuffer>)),
  randomBytes: fillRandom,
  environment: () => undefined,
  gaps: () => (workersDeflate() === undefined ? dialGapsWithoutZlib : dialGaps),
  sharesTimers: false,
  connect,
  startTls: (stream, { hostname, tls }, signal) =>
    TcpStream.open(stream.startTls(tls.servername ?? hostname), signal),
  socket: (stream, options) => new TcpSocket(stream, { ...options, deflate: workersDeflate() }),
  defer: (callback) => void setTimeout(callback, 0),
});

async function connect(
  { hostname, port }: DialAddress,
  tls: TlsPeer | "later" | undefined,
  signal: AbortSignal,
): Promise<TcpStream> {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const open = (secureTransport: "off" | "on" | "starttls"): Promise<TcpStream> =>
    TcpStream.open(connectTcp({ hostname: host, port }, { secureTransport, allowHalfOpen: true }), signal);
  if (tls === undefined) return await open("off");
  if (tls === "later") return await open("starttls");
  const { servername } = tls.tls;
  // "on" holds the certificate against the host alone, and unlike `startTls` it tells when TLS is there.
  if (servername === undefined) return await open("on");
  return await TcpStream.open((await open("starttls")).startTls(servername), signal);
}
