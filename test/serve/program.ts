import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

/** A program under test that printed `FIXTURE <port> <url>`. */
export interface Running {
  readonly url: string;
  /** The next line that the program prints. */
  line(): Promise<string>;
  /** Closes its standard input, at which it ends. */
  stop(): Promise<void>;
}

export async function run(command: readonly string[], vars: Record<string, string> = {}): Promise<Running> {
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, ...vars },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value ?? "the program ended";
  const [mark, , url] = (await line()).split(" ");
  assert.equal(mark, "FIXTURE");
  return {
    url,
    line,
    async stop() {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}

/** An open WebSocket of npm `ws`; the certificate may be anybody's. */
export async function open(url: string): Promise<WebSocket> {
  const client = new WebSocket(url.replace(/^http/, "ws"), { rejectUnauthorized: false });
  await once(client, "open");
  return client;
}

export async function echoOf(client: WebSocket, text: string): Promise<string> {
  client.send(text);
  const [data] = await once(client, "message");
  return String(data);
}
