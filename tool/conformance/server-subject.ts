import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { type Asked, Missing, type Reply, type Request, type Subject, type Wants } from "./subject.ts";
import { Breach, Expired } from "./verdict.ts";
import { agreementOf, type Extension, extensions, faultOf } from "./wire/extension.ts";
import { faultOfAnswer } from "./wire/handshake.ts";
import { type Head, type Header, takeHead, writeHead } from "./wire/http.ts";
import { Peer } from "./wire/peer.ts";
import { ByteStream } from "./wire/stream.ts";

/** Where the server under test is. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly target: string;
}

/** A server under test, during one case. */
export class ServerSubject implements Subject {
  readonly role = "server";
  readonly graceMs: number;
  readonly peers: Peer[] = [];
  readonly #address: Address;
  readonly #deadline: number;
  readonly #sockets: Socket[] = [];

  constructor(address: Address, deadline: number, graceMs: number) {
    this.#address = address;
    this.#deadline = deadline;
    this.graceMs = graceMs;
  }

  async open({ deflate }: Wants = {}): Promise<Peer> {
    const offer = deflate === undefined ? [] : [["Sec-WebSocket-Extensions", deflate] as const];
    const { stream, key, head, status } = await this.ask({ more: offer });
    if (head === undefined) throw new Breach("the end of TCP where the answer to a handshake was due");
    if (status !== 101) throw new Breach(`a refusal of a valid handshake: ${head.firstLine}`);
    const fault = faultOfAnswer(head, key);
    if (fault !== undefined) throw new Breach(fault);
    const chosen = extensions(head.all("sec-websocket-extensions"));
    if (chosen.length > 0 && deflate === undefined)
      throw new Breach(`the extension ${chosen[0].name}, unasked for`);
    const peer = this.#peer(stream, deflate === undefined ? undefined : agreed(head, extensions([deflate])));
    return peer;
  }

  async ask(request: Request): Promise<Reply> {
    const stream = await this.#connect();
    const key = request.replace?.["sec-websocket-key"] ?? randomBytes(16).toString("base64");
    const head = writeHead(...this.#lines(request, key));
    if (request.chop === undefined) stream.write(head);
    else await stream.writeChopped(head, request.chop);
    const answer = await takeHead(stream, "the answer to a handshake");
    const status = Number(/^HTTP\/1\.[01] (\d{3})( |$)/.exec(answer?.firstLine ?? "")?.[1] ?? 0);
    return { stream, key, head: answer, status };
  }

  /** A WebSocket on a connection whose handshake a case has judged by itself. */
  #peer(stream: ByteStream, agreement: Peer["agreement"]): Peer {
    const peer = new Peer(stream, "client", agreement);
    this.peers.push(peer);
    return peer;
  }

  request(): Promise<Asked> {
    throw new Error("only cases that test clients look at the request");
  }

  answer(): Promise<Peer> {
    throw new Error("only cases that test clients answer a request");
  }

  cleanUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #lines(request: Request, key: string): [string, Header[]] {
    const { host, port, target } = this.#address;
    const usual: Record<string, string | null> = {
      host: `${host.includes(":") ? `[${host}]` : host}:${port}`,
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-key": key,
      "sec-websocket-version": "13",
      ...request.replace,
    };
    const named = request.name ?? ((name: string) => name);
    const headers = Object.entries(usual).flatMap(([name, value]): Header[] =>
      value === null ? [] : [[named(name), value]],
    );
    const line = `${request.method ?? "GET"} ${request.target ?? target} ${request.version ?? "HTTP/1.1"}`;
    return [line, [...headers, ...(request.more ?? [])]];
  }

  #connect(): Promise<ByteStream> {
    const { host, port } = this.#address;
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, allowHalfOpen: true });
      this.#sockets.push(socket);
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Expired("a TCP connection"));
      }, this.#deadline - performance.now());
      socket.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      socket.once("connect", () => {
        clearTimeout(timer);
        socket.removeAllListeners("error");
        resolve(new ByteStream(socket, this.#deadline));
      });
    });
  }
}

function agreed(head: Head, offers: readonly Extension[]): Peer["agreement"] {
  const [answer, ...others] = extensions(head.all("sec-websocket-extensions"));
  if (answer === undefined) throw new Missing("the offer of permessage-deflate was declined");
  if (others.length > 0) throw new Breach("several extensions in answer to one offer");
  const fault = faultOf(answer);
  if (fault !== undefined) throw new Breach(`${fault} in the answer to an offer of permessage-deflate`);
  return agreementOf(answer, "client", offers);
}
