import { once } from "node:events";
import { get } from "node:http";
import type { Person } from "../../examples/chat/protocol.ts";

/** A message of the room, before it is known which. */
export interface Heard {
  readonly type: string;
  readonly id?: string;
  readonly error?: string;
  readonly room?: string;
  readonly here?: readonly Person[];
  readonly who?: Person;
  readonly from?: Person;
  readonly text?: string;
  readonly at?: number;
}

/** A member without a page: Node's own WebSocket. */
export class Caller {
  readonly #socket: WebSocket;
  readonly #heard: Heard[] = [];
  #wake = () => {};
  welcome: Heard = { type: "none" };

  constructor(url: string) {
    this.#socket = new WebSocket(url.replace("http", "ws"));
    this.#socket.onmessage = ({ data }) => {
      this.#heard.push(JSON.parse(data));
      this.#wake();
    };
    this.#socket.onclose = () => this.#wake();
    this.#socket.onerror = () => this.#wake();
  }

  static async join(url: string): Promise<Caller> {
    const caller = new Caller(url);
    caller.welcome = await caller.next();
    return caller;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }

  /** What the room said next; rejects when the connection is gone. */
  async next(): Promise<Heard> {
    while (this.#heard.length === 0) {
      if (this.#socket.readyState > WebSocket.OPEN) throw new Error("the connection is closed");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#heard.shift()!;
  }
}

/** What a request is answered with, one for an upgrade that is refused included. */
export async function ask(
  url: string,
  { upgrade }: { upgrade: boolean },
): Promise<{ status: number; body: string }> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const request = get(url, { agent: false, headers: upgrade ? headers : {} });
  const accepted = once(request, "upgrade").then(() => {
    request.destroy();
    throw new Error(`${url} was accepted`);
  });
  const [response] = await Promise.race([once(request, "response"), accepted]);
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return { status: response.statusCode, body };
}
