import type { ByteStream } from "../../src/client/stream.ts";

/** What is used of workerd's TCP socket. */
export interface WorkersTcp {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<unknown>;
  close(): Promise<void>;
  startTls(options: { readonly expectedServerHostname: string }): WorkersTcp;
}

/** workerd tells only of a whole write that it has left [bytes]. */
const MAX_WRITE_BYTES = 256 * 1024;

/** A TCP socket of workerd as bytes in and bytes out. Whatever is lost is seen by `read`. */
export class TcpStream implements ByteStream {
  /** Bytes that were written and have not left the process. */
  bufferedBytes = 0;
  /** Called when some of them have. */
  onLeft: (() => void) | undefined;
  readonly #socket: WorkersTcp;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(socket: WorkersTcp) {
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
    // That it is gone is seen by `read`, and nobody else waits for these.
    for (const promise of [socket.closed, this.#reader.closed, this.#writer.closed]) promise.catch(() => {});
  }

  /** Resolves once the socket is connected. When the signal aborts, it is dropped. */
  static async open(socket: WorkersTcp, signal: AbortSignal): Promise<TcpStream> {
    const stream = new TcpStream(socket);
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      await Promise.race([socket.opened, aborted.promise]);
      return stream;
    } catch (error) {
      stream.destroy();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** The socket by TLS, of which this one is then a part. */
  startTls(hostname: string): WorkersTcp {
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    return this.#socket.startTls({ expectedServerHostname: hostname });
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += MAX_WRITE_BYTES) {
      const part = bytes.subarray(at, at + MAX_WRITE_BYTES);
      this.bufferedBytes += part.length;
      this.#writer.write(part).then(
        () => {
          this.bufferedBytes -= part.length;
          this.onLeft?.();
        },
        () => {},
      );
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    return (await this.#reader.read()).value;
  }

  /** Sends our FIN. */
  end(): void {
    this.#writer.close().catch(() => {});
  }

  /**
   * Ends it in both directions. What was written leaves first: an abort of the writable would drop it, and then keep TCP
   * open as long as the request.
   */
  destroy(): void {
    this.#reader.cancel().catch(() => {});
    this.#socket.close().catch(() => {});
  }
}
