import { createHash } from "node:crypto";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { connect as connectTls } from "node:tls";
import type { ByteStream, DialTls } from "../../src/client/stream.ts";
import type { DialTarget } from "../../src/client/target.ts";
import type { Dial } from "../../src/dial.ts";
import { dialer } from "../../src/dialer.ts";
import { codecGaps, codecGapsWithoutHistory } from "./capabilities.ts";
import { fillRandom } from "./random.ts";
import { CodecSocket } from "./socket.ts";
import { zlibHeedsHistory } from "./zlib.ts";

/** Opens a WebSocket by Wirehall's own wire, over node:net and node:tls; also on Deno and Bun. */
export const dial: Dial = dialer<SocketStream>({
  sha1: (bytes) => createHash("sha1").update(bytes).digest(),
  randomBytes: fillRandom,
  gaps: () => (zlibHeedsHistory() ? codecGaps : codecGapsWithoutHistory),
  connect,
  socket: ({ socket }, options) => new CodecSocket(socket, { ...options, role: "client" }),
  defer: (callback) => setImmediate(callback),
});

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

function connect(target: DialTarget, tls: DialTls, signal: AbortSignal): Promise<SocketStream> {
  const socket = target.secure ? openTls(target, tls) : openTcp(target);
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError);
    };
    const onError = (error: Error): void => {
      settled();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => onError(signal.reason);
    socket.once(target.secure ? "secureConnect" : "connect", () => {
      settled();
      resolve(new SocketStream(socket));
    });
    socket.on("error", onError);
    // Without a listener a reset would end the process; that the stream is gone is seen by its "close".
    socket.on("error", () => {});
    signal.addEventListener("abort", onAbort);
  });
}

function openTcp({ hostname, port }: DialTarget): Socket {
  return connectTcp({ host: hostname, port, noDelay: true });
}

function openTls({ hostname, port }: DialTarget, tls: DialTls): Socket {
  const { ca, cert, key, servername, rejectUnauthorized } = tls;
  return connectTls({
    host: hostname,
    port,
    ca: typeof ca === "object" ? [...ca] : ca,
    cert,
    key,
    // Not said, it is the platform's to decide, which an explicit undefined might not be.
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    // An address is no name to ask for (RFC 6066 3).
    servername: servername ?? (isIP(hostname) === 0 ? hostname : ""),
    // The handshake is one of HTTP/1.1 (RFC 6455 4.1).
    ALPNProtocols: ["http/1.1"],
  }).setNoDelay(true);
}
