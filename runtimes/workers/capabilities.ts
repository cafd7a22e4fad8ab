import type { DialGaps } from "../../src/client/capability.ts";
import type { Gaps } from "../../src/endpoint/capability.ts";
import type { Transport } from "../../src/serve.ts";

export const nativeGaps: Gaps = {
  backpressure: "workerd tells neither how much output waits nor when it has left",
  closeCodeCheck: "workerd takes close frames of any code, and answers with it",
  closeIsLast: "workerd still sends what the app sends until it hears of the violation",
  compressedPing:
    "workerd answers a ping between the fragments of a compressed message with four more octets than it had",
  compressionChoice:
    "workerd compresses where the client offers it, unless the compatibility flag no_web_socket_compression is set",
  compressionThreshold: "workerd compresses messages of any size where compression is agreed",
  connectionCounts:
    "on Workers each isolate knows its own WebSockets alone, and those of rooms outlive what counts them",
  controlSizeCheck: "workerd takes control frames of any size",
  deflateCheck: "workerd takes a compressed message that was cut off",
  everyPong: "workerd answers the latest of pings that come together, and none before a violation",
  failFast: "workerd looks at a message once it is whole",
  finalBlocks: "workerd drops what comes behind a final block of DEFLATE data",
  fragmentLimit: "workerd counts no fragments",
  headerSyntax: "workerd leaves spaces at the end of a value, and leaves out a header without one",
  handshakeTime: "Cloudflare reads the request, and calls the Worker when it has it",
  keepalive: "workerd can't send a ping, and pings nobody by itself",
  keepaliveBytes: "there is no keepalive to take it for one",
  lengthCheck: "workerd takes lengths that are not written in their shortest form",
  maskCheck: "workerd takes unmasked frames",
  memberExpiry: "a timer does not survive a Durable Object's hibernation",
  offerSyntax: "workerd takes window bits with leading zeroes, and declines quoted ones",
  pause: "workerd reads on while a handler is behind: its connection is closed with 1013",
  ping: "workerd can neither send a ping nor tell of a pong",
  pongBound: "workerd answers every ping",
  requestLineCheck: "workerd upgrades HTTP/1.0, and answers methods other than GET with 500 or 501",
  reservedBitCheck: "workerd takes RSV1 on any frame where compression is agreed",
  shutdown: "a Worker does not end itself: Cloudflare does",
  sizeBeforeMemory: "workerd takes messages of up to 32 MiB into memory before they can be refused",
  terminate: "workerd can't drop a connection without a close frame",
  topBitCheck: "workerd closes with 1009, as for any frame that is too long",
  topics: "on Workers a WebSocket belongs to its request: fan out through a room",
  upgradeHeader: "workerd leaves the Upgrade header of a response out",
  utf8Check: "workerd does not check UTF-8, and replaces what is wrong",
  version8: "workerd refuses version 8 before the app sees it",
  violationCode: "workerd does not tell why it dropped a connection",
};

export const capabilities: Readonly<Partial<Record<Transport, Gaps>>> = { native: nativeGaps };

/** What `dial` can't do over `cloudflare:sockets`. */
export const dialGaps: DialGaps = {
  abortTls: "workerd ends TCP when the request ends",
  anyHost: "Cloudflare lets no Worker open TCP to Cloudflare's own addresses, where `fetch` still leads",
  clientCertificate: "`cloudflare:sockets` takes no certificate",
  environment: "a Worker has no environment that names a proxy: the option `proxy` does",
  terminate: "workerd ends TCP once what was written has left, or the request ends",
  tlsInTls: "`cloudflare:sockets` begins TLS once on a connection",
  tlsTrust: "`cloudflare:sockets` trusts whom Cloudflare trusts",
};

/** The same without the compatibility flag nodejs_compat. */
export const dialGapsWithoutZlib: DialGaps = {
  ...dialGaps,
  compression: "node:zlib is there with the compatibility flag nodejs_compat alone",
};
