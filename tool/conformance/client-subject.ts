import type { Socket } from "node:net";
import { type Answer, type Asked, Missing, type Reply, type Subject, type Wants } from "./subject.ts";
import { Breach } from "./verdict.ts";
import { agreementOf, type Extension, extensions } from "./wire/extension.ts";
import { acceptOf, faultOfRequest } from "./wire/handshake.ts";
import { type Head, type Header, writeHead } from "./wire/http.ts";
import { Peer } from "./wire/peer.ts";
import type { ByteStream } from "./wire/stream.ts";

/** A client under test, during one case: it has connected, and its request was read. */
export class ClientSubject implements Subject {
  readonly role = "client";
  readonly graceMs: number;
  readonly peers: Peer[] = [];
  readonly #socket: Socket;
  readonly #stream: ByteStream;
  readonly #head: Head;

  constructor(socket: Socket, stream: ByteStream, head: Head, graceMs: number) {
    this.#socket = socket;
    this.#stream = stream;
    this.#head = head;
    this.graceMs = graceMs;
  }

  async open({ deflate, takeover = false }: Wants = {}): Promise<Peer> {
    const fault = faultOfRequest(this.#head);
    if (fault !== undefined) throw new Breach(fault);
    if (deflate === undefined) return await this.answer({});
    const more = [["Sec-WebSocket-Extensions", this.#accept(deflate, takeover)] as const];
    return await this.answer({ more });
  }

  async request(): Promise<Asked> {
    const stream = this.#stream;
    return {
      head: this.#head,
      port: this.#socket.localPort ?? 0,
      sendsMore: () => stream.within(this.graceMs, () => stream.size > 0),
    };
  }

  async answer(answer: Answer): Promise<Peer> {
    const more = answer.more ?? [];
    const chosen = more.filter(([name]) => name === "Sec-WebSocket-Extensions").map(([, value]) => value);
    const [extension] = extensions(chosen);
    const agreement = extension?.name === "permessage-deflate" ? agreementOf(extension, "server") : undefined;
    const peer = new Peer(this.#stream, "server", agreement);
    this.peers.push(peer);
    const bytes = Buffer.concat([this.#answerHead(answer), peer.encode(answer.early ?? [])]);
    if (answer.chop === undefined) this.#stream.write(bytes);
    else await this.#stream.writeChopped(bytes, answer.chop);
    return peer;
  }

  ask(): Promise<Reply> {
    throw new Error("only cases that test servers ask");
  }

  cleanUp(): void {
    this.#socket.destroy();
  }

  #answerHead(answer: Answer): Buffer {
    const accept = acceptOf(this.#head.all("sec-websocket-key")[0] ?? "");
    const usual: Record<string, string | null> = {
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-accept": answer.accept?.(accept) ?? accept,
      ...answer.replace,
    };
    const named = answer.name ?? ((name: string) => name);
    const headers = Object.entries(usual).flatMap(([name, value]): Header[] =>
      value === null ? [] : [[named(name), value]],
    );
    const more = answer.more ?? [];
    return writeHead(answer.statusLine ?? "HTTP/1.1 101 Switching Protocols", [...headers, ...more]);
  }

  /**
   * The answer, and in it what the client's offer demands: RFC 7692, 7.1.1.1 and 7.1.2.1, has a server accept these
   * parameters by including them. By 7.1.2.2 only a client that offered client_max_window_bits may be told to use a
   * smaller window.
   */
  #accept(deflate: string, takeover: boolean): string {
    const offers = extensions(this.#head.all("sec-websocket-extensions"));
    const offer = offers.find(({ name }) => name === "permessage-deflate");
    if (offer === undefined) throw new Missing("the client does not offer permessage-deflate");
    const [wanted] = extensions([deflate]);
    const has = ({ params }: Extension, key: string): boolean => params.some(([name]) => name === key);
    if (has(wanted, "client_max_window_bits") && !has(offer, "client_max_window_bits")) {
      throw new Missing("the client does not offer client_max_window_bits");
    }
    if (takeover && has(offer, "server_no_context_takeover")) {
      throw new Missing("the client does not offer permessage-deflate with context takeover");
    }
    const demands = offer.params.filter(
      ([name]) =>
        (name === "server_no_context_takeover" || name === "server_max_window_bits") && !has(wanted, name),
    );
    const added = demands.map(([name, value]) => (value === undefined ? `; ${name}` : `; ${name}=${value}`));
    return deflate + added.join("");
  }
}
