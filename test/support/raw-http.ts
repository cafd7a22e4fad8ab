import type { RawSocket } from "./raw-socket.ts";

/** An HTTP answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** All values of a header, in order; the name's case does not count. */
  all(name: string): string[];
  /** The values of a header joined as HTTP allows, or null. */
  header(name: string): string | null;
}

/** Reads one whole answer; one with status 101 has no body, and what follows it stays in the socket. */
export async function readAnswer(socket: RawSocket): Promise<Answer> {
  const arrived = (): string => JSON.stringify(socket.received.toString("latin1", 0, 200));
  const head = await socket.wait(
    () => {
      const end = socket.received.indexOf("\r\n\r\n");
      if (end >= 0) return take(socket, end + 4).toString("latin1", 0, end);
      if (socket.end !== undefined) {
        throw new Error(
          `the server ended the connection (${socket.end}) before it had answered: ${arrived()}`,
        );
      }
      return undefined;
    },
    () => `awaited the head of an HTTP answer, had ${arrived()}`,
  );
  const [statusLine, ...lines] = head.split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
  if (Number.isNaN(status))
    throw new Error(`this is no status line of HTTP/1.1: ${JSON.stringify(statusLine)}`);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const all = (name: string): string[] =>
    headers.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value);
  const header = (name: string): string | null => (all(name).length === 0 ? null : all(name).join(", "));
  const body =
    status === 101 || status === 204 || status === 304 ? Buffer.alloc(0) : await readBody(socket, header);
  return { status, headers, body, all, header };
}

async function readBody(socket: RawSocket, header: (name: string) => string | null): Promise<Buffer> {
  if (header("transfer-encoding")?.toLowerCase().includes("chunked")) return await readChunks(socket);
  const length = header("content-length");
  if (length !== null) return await readBytes(socket, Number(length));
  await socket.wait(
    () => socket.end,
    () => `awaited the end of a body that ends with the connection, had ${socket.received.length} bytes`,
  );
  return take(socket, socket.received.length);
}

async function readChunks(socket: RawSocket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const line = await readLine(socket);
    const size = Number.parseInt(line, 16);
    if (Number.isNaN(size)) throw new Error(`this is no chunk size: ${JSON.stringify(line)}`);
    if (size > 0) chunks.push(await readBytes(socket, size));
    const end = await readLine(socket);
    if (end !== "") throw new Error(`a chunk of ${size} bytes is followed by ${JSON.stringify(end)}`);
    if (size === 0) return Buffer.concat(chunks);
  }
}

function readLine(socket: RawSocket): Promise<string> {
  return socket.wait(
    () => {
      const end = socket.received.indexOf("\r\n");
      if (end >= 0) return take(socket, end + 2).toString("latin1", 0, end);
      return failAtEnd(socket, "a line of a chunked body");
    },
    () => `awaited a line of a chunked body, had ${socket.received.length} bytes`,
  );
}

function readBytes(socket: RawSocket, size: number): Promise<Buffer> {
  return socket.wait(
    () =>
      socket.received.length >= size ? take(socket, size) : failAtEnd(socket, `${size} bytes of a body`),
    () => `awaited ${size} bytes of a body, had ${socket.received.length}`,
  );
}

function failAtEnd(socket: RawSocket, what: string): undefined {
  if (socket.end === undefined) return undefined;
  throw new Error(`the connection ended (${socket.end}) in ${what}, after ${socket.received.length} bytes`);
}

function take(socket: RawSocket, size: number): Buffer {
  const bytes = socket.received.subarray(0, size);
  socket.received = socket.received.subarray(size);
  return bytes;
}
