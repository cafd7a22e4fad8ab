import { randomBytes } from "node:crypto";
import type { CapabilityName, Gaps } from "../../src/endpoint/capability.ts";
import type { LogEntry } from "../../src/endpoint/log.ts";
import type { RuntimeName, Transport } from "../../src/serve.ts";
import type { FixtureProcess } from "./fixture-process.ts";
import { RawClient, type RawRequest } from "./raw-client.ts";
import { type Answer, readAnswer } from "./raw-http.ts";
import { deadlineMs, RawSocket } from "./raw-socket.ts";
import type { TargetName } from "./targets.ts";

/** Something that a handler of the fixture noted about a connection, such as its close. */
export interface Note {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** What a server with limits has counted. */
export interface Counts {
  readonly opened: number;
  readonly closes: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<"received" | "receivedBytes" | "sent" | "sentBytes", number>>;
  readonly hooks: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly handshakes: number;
  readonly bufferedBytes: number;
  /** What it has logged. */
  readonly entries: readonly Pick<LogEntry, "event" | "level" | "reason" | "address">[];
}

/** A fixture that runs, as a conformance case sees it. */
export class Target {
  readonly runtime: RuntimeName;
  readonly transport: Transport;
  readonly port: number;
  readonly gaps: Gaps;
  /** All that the fixture has logged, once that has this text. */
  readonly log: (text: string) => Promise<string>;
  readonly #open: Set<RawClient> = new Set();

  constructor({ runtime, transport }: TargetName, { port, log }: FixtureProcess, gaps: Gaps) {
    this.runtime = runtime;
    this.transport = transport;
    this.port = port;
    this.log = log;
    this.gaps = gaps;
  }

  can(name: CapabilityName): boolean {
    return this.gaps[name] === undefined;
  }

  /** A connection on which nothing was sent yet. */
  async connect(from?: string): Promise<RawClient> {
    const client = await RawClient.connect(this.port, from);
    this.#open.add(client);
    return client;
  }

  /** A WebSocket; fails unless the handshake is answered with 101 and the right accept key. */
  async open(request: string | RawRequest): Promise<RawClient> {
    return (await this.openWithAnswer(request)).client;
  }

  async openWithAnswer(request: string | RawRequest): Promise<{ client: RawClient; answer: Answer }> {
    const client = await this.connect(typeof request === "string" ? undefined : request.from);
    const answer = await this.#ask(client, request);
    const accept = answer.header("sec-websocket-accept");
    if (answer.status !== 101)
      throw new Error(`the upgrade got ${answer.status} ${answer.body.toString("utf8", 0, 200)}`);
    if (accept !== client.expectedAccept) throw new Error(`Sec-WebSocket-Accept is ${accept}`);
    return { client, answer };
  }

  /** The answer to an upgrade that is expected to be refused. */
  async refused(request: string | RawRequest): Promise<Answer> {
    const client = await this.connect(typeof request === "string" ? undefined : request.from);
    const answer = await this.#ask(client, request);
    if (answer.status === 101) throw new Error("the upgrade was accepted");
    return answer;
  }

  /** A plain HTTP request. */
  async http(path: string, method = "GET", headers: readonly string[] = []): Promise<Answer> {
    const socket = await RawSocket.open(this.port);
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `host: 127.0.0.1:${this.port}`,
      "connection: close",
      ...headers,
    ];
    if (method === "POST") lines.push("content-length: 0");
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    try {
      return await readAnswer(socket);
    } finally {
      socket.destroy();
    }
  }

  /** What the handler noted for connections with `?key=` this, as soon as there are `count` notes that match. */
  async notes(key: string, count: number, event = ""): Promise<Note[]> {
    const answer = await this.http(`/notes?key=${key}&count=${count}&event=${event}`);
    const notes = JSON.parse(answer.body.toString()) as Note[];
    if (answer.status !== 200) {
      throw new Error(
        `the handler did not note ${count} × ${event || "anything"}, only ${JSON.stringify(notes)}`,
      );
    }
    return notes;
  }

  /** The numbers of a server with limits, as soon as they are as `wanted`. */
  async counts(wanted: (counts: Counts) => boolean = () => true): Promise<Counts> {
    for (const start = performance.now(); ; ) {
      const counts = JSON.parse((await this.http("/limits/counts")).body.toString()) as Counts;
      if (wanted(counts)) return counts;
      if (performance.now() - start > deadlineMs) {
        throw new Error(`the server's numbers stay at ${JSON.stringify(counts)}`);
      }
    }
  }

  /** Lets go of a handler that waits for this key. */
  async release(key: string): Promise<void> {
    await this.http(`/release?key=${key}`);
  }

  /** Makes a room of the fixture leave memory: on Workers its Durable Object is evicted; by `hibernate()` if asked. */
  async hibernate(kind: string, room: string, how: "evict" | "hibernate" = "evict"): Promise<void> {
    const { status } = await this.http(`/${how}/${kind}/${encodeURIComponent(room)}`);
    if (status !== 200) throw new Error(`the room did not leave memory: ${status}`);
  }

  /** Names a connection to the handler's notes. */
  newKey(): string {
    return randomBytes(9).toString("base64url");
  }

  /** Drops the connections that a case left open. */
  cleanUp(): void {
    for (const client of this.#open) client.socket.destroy();
    this.#open.clear();
  }

  #ask(client: RawClient, request: string | RawRequest): Promise<Answer> {
    client.writeUpgrade(typeof request === "string" ? { path: request } : request, this.port);
    return client.answer();
  }
}
