import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";

export interface Call {
  /** [the URL's] */
  readonly host?: string;
  /** Of the page; a native client has none [none]. */
  readonly origin?: string;
  /** The address of the loopback that the call comes from [127.0.0.1]. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client was answered: the status of its upgrade and, once it is in, the first message. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const patienceMs = 10_000;

/** Asks for a WebSocket with npm `ws`; the first message is its own, echoed, where the endpoint sends none itself. */
export async function call(url: string, { host, origin, from, headers }: Call = {}): Promise<Answer> {
  const client = new WebSocket(url, {
    origin,
    headers: host === undefined ? headers : { ...headers, host },
    localAddress: from,
    rejectUnauthorized: false,
  });
  const signal = AbortSignal.timeout(patienceMs);
  client.on("open", () => client.send("echo"));
  const accepted = once(client, "message", { signal }).then(([data]) => ({
    status: 101,
    text: String(data),
  }));
  const refused = once(client, "unexpected-response", { signal }).then(async ([, response]) => {
    let text = "";
    for await (const part of response as IncomingMessage) text += part;
    return { status: (response as IncomingMessage).statusCode ?? 0, text };
  });
  try {
    return await Promise.race([accepted, refused]);
  } finally {
    // What did not come is not awaited any more.
    for (const other of [accepted, refused]) other.catch(() => {});
    client.on("error", () => {}).terminate();
  }
}
