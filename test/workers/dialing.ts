import { DialError, type DialedConnection, type DialHandler, dial } from "wirehall/workers";

/** What a Worker does with the connection that it has dialed, by name. Each returns what is to be told of it. */
const scripts: Record<string, (connection: DialedConnection, heard: unknown[]) => unknown> = {
  wait: () => undefined,
  /** Sends what fits, waits until it has left, and closes. */
  async flood(connection) {
    const piece = new Uint8Array(64 * 1024);
    let pieces = 1;
    while (connection.send(piece)) pieces++;
    // Beyond what the kernel takes.
    for (; connection.bufferedAmount < 16 * 1024 * 1024; pieces++) connection.send(piece);
    connection.send(`${pieces}`);
    const buffered = connection.bufferedAmount;
    await connection.drained();
    const left = connection.bufferedAmount;
    connection.close();
    return { isBuffered: buffered > 16 * 1024 * 1024, isDrained: left <= 64 * 1024 };
  },
  close: (connection) => connection.close(4001, "off"),
  terminate: (connection) => connection.terminate(),
  ping: (connection) => connection.ping("there?"),
  /** Sends a megabyte, and writes into it afterwards. */
  megabyte(connection) {
    const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 31) ^ (index >> 8));
    connection.send(bytes);
    bytes.fill(0);
  },
};

/** A Worker that dials: ?url=...&options=...&script=...; options are JSON. Before it dials { first }, of which nothing comes. */
export default {
  async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const { first, abortMs, slow, ...options } = JSON.parse(query.get("options") ?? "{}");
    const heard: unknown[] = [];
    const handler: DialHandler = {
      async message(connection, data) {
        if (slow) await new Promise((resolve) => setTimeout(resolve, 0));
        heard.push(typeof data === "string" ? data : `${data.length} bytes ${await digest(data)}`);
        if (data === "echo") connection.send(data);
      },
      pong: (_, payload) => heard.push(`pong ${new TextDecoder().decode(payload)}`),
    };
    const signalFor = () => (abortMs === undefined ? undefined : AbortSignal.timeout(abortMs));
    if (first !== undefined) await dial(first, handler, { signal: signalFor(), ...options }).catch(() => {});
    try {
      const connection = await dial(query.get("url") ?? "", handler, {
        log: () => {},
        signal: signalFor(),
        ...options,
      });
      const { url, subprotocol, headers } = connection;
      const told = await scripts[query.get("script") ?? "wait"]?.(connection, heard);
      const end = await connection.closed;
      const served = headers.get("x-served-by");
      return Response.json({ url, subprotocol, served, heard, told, end });
    } catch (error) {
      const { code, name, message } = error as Error & { code?: string };
      const response = error instanceof DialError ? error.response : undefined;
      return Response.json({ code, name, message, status: response?.status, body: await response?.text() });
    }
  },
};

async function digest(data: Uint8Array): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data as Uint8Array<ArrayBuffer>));
  return [...bytes.subarray(0, 4)].join(".");
}
