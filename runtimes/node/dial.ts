import { createHash } from "node:crypto";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { env } from "node:process";
import { setImmediate } from "node:timers";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { ByteStream, DialAddress, TlsPeer } from "../../src/client/stream.ts";
import type { Dial } from "../../src/dial.ts";
import { dialer } from "../../src/dialer.ts";
import { dialGaps, dialGapsWithoutHistory } from "./capabilities.ts";
import { fillRandom } from "./random.ts";
import { CodecSocket } from "./socket.ts";
import { zlibHeedsHistory } from "./zlib.ts";

/** Opens a WebSocket by Wirehall's own wire, over node:net and node:tls; also on Deno and Bun. */
export const dial: Dial = dialBy((name) => env[name]);

/** Makes `dial` of a way to read the environment. */
export function dialBy(environment: (name: string) => string | undefined): Dial {
  return dialer<SocketStream>({
    sha1: (bytes) => createHash("sha1").update(bytes).digest(),
    randomBytes: fillRandom,
    environment,
    gaps: () => (zlibHeedsHistory() ? dialGaps : dialGapsWithoutHistory),
    connect: (address, tls, signal) =>
      opened(typeof tls === "object" ? openTls(address, tls) : openTcp(address), signal),
    startTls: ({ socket }, peer, signal) => opened(openTls({ socket }, peer), signal),
    socket: ({ socket }, options) => new CodecSocket(socket, { ...options, role: "client" }),
    defer: (callback) => setImmediate(callback),
  });
}

/** A TCP or TLS socket, read a chunk at a time: it pauses after each. */
class SocketStream implements ByteStream {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  read(): Promise<Uint8Array | undefined> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        socket.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      };
      const onData = (chunk: Uint8Array): void => {
        socket.pause();
        settled();
        resolve(chunk);
      };
      const onEnd = (): void => {
        settled();
        resolve(undefined);
      };
      const onError = (error: Error): void => {
        settled();
        reject(error);
      };
      const onClose = (): void => onError(socket.errored ?? new Error("the stream is closed"));
      if (socket.destroyed) return onClose();
      if (socket.readableEnded) return onEnd();
      socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
      socket.resume();
    });
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A socket that is about to connect. */
interface Opening {
  readonly socket: Socket;
  /** What it tells once it is there. */
  readonly event: "connect" | "secureConnect";
}

function opened({ socket, event }: Opening, signal: AbortSignal): Promise<SocketStream> {
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError).off("close", onClose);
    };
    const onError = (error: Error): void => {
      settled();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => onError(signal.reason);
    const onClose = (): void => onError(new Error("the connection was closed"));
    socket.once(event, () => {
      settled();
      resolve(new SocketStream(socket));
    });
    socket.on("error", onError).on("close", onClose);
    // Without a listener a reset would end the process; that the stream is gone is seen by its "close".
    socket.on("error", () => {});
    signal.addEventListener("abort", onAbort);
  });
}

function openTcp({ hostname, port }: DialAddress): Opening {
  return { socket: connectTcp({ host: hostname, port, noDelay: true }), event: "connect" };
}

/** Over a stream that is there, or one that is made for it. */
function openTls(over: DialAddress | { readonly socket: Socket }, { hostname, tls }: TlsPeer): Opening {
  const { ca, cert, key, servername, rejectUnauthorized } = tls;
  const options: ConnectionOptions = {
    // Over a stream that is there the host is only what the certificate is held against.
    ...("socket" in over ? { ...over, host: hostname } : { host: over.hostname, port: over.port }),
    ca: typeof ca === "object" ? [...ca] : ca,
    cert,
    key,
    // Not said, it is the platform's to decide, which an explicit undefined might not be.
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    // An address is no name to ask for (RFC 6066 3).
    servername: servername ?? (isIP(hostname) === 0 ? hostname : ""),
    // The handshake is one of HTTP/1.1 (RFC 6455 4.1).
    ALPNProtocols: ["http/1.1"],
  };
  const socket = connectTls(options);
  return { socket: "socket" in over ? socket : socket.setNoDelay(true), event: "secureConnect" };
}
