import { createServer, type Socket } from "node:net";
import type { NumberedCase } from "./case.ts";
import { ClientSubject } from "./client-subject.ts";
import { endOfTcp } from "./judge/ending.ts";
import { type Result, runCase } from "./run-case.ts";
import { graceOf, type RunOptions } from "./run-server.ts";
import { opcode } from "./wire/frame.ts";
import { type Head, takeHead, writeHead } from "./wire/http.ts";
import { ByteStream } from "./wire/stream.ts";

export interface ListenOptions extends Omit<RunOptions, "concurrency"> {
  /** How long no connection may come before the client counts as gone. */
  readonly idleMs: number;
  readonly onListening: (port: number) => void;
}

/**
 * Waits for a client that echoes, and resolves with the results once all cases have run. The client asks `/count` how
 * many there are, a text message, and connects to `/case/1` and so on, at its own pace; a case may be run again.
 *
 * Rejects when the port is taken, and when the client stops before the end.
 */
export function runClient(
  port: number,
  cases: readonly NumberedCase[],
  options: ListenOptions,
): Promise<Result[]> {
  return new Promise((resolve, reject) => {
    const results: Result[] = [];
    const sockets = new Set<Socket>();
    const finish = (settle: () => void): void => {
      clearTimeout(idle);
      server.close();
      for (const socket of sockets) socket.destroy();
      settle();
    };
    let idle: NodeJS.Timeout | undefined;
    const restart = (): void => {
      clearTimeout(idle);
      idle = setTimeout(() => {
        const done = results.filter(Boolean).length;
        const message = `the client stopped after ${done} of ${cases.length} cases`;
        finish(() => reject(new Error(message)));
      }, options.idleMs);
    };
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      restart();
      serveConnection(socket, cases, options, (index, result) => {
        restart();
        const isNew = results[index] === undefined;
        results[index] = result;
        if (isNew) options.onResult(result);
        if (results.filter(Boolean).length === cases.length) finish(() => resolve(results));
      }).catch((error: unknown) => finish(() => reject(error)));
    });
    server.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      reject(new Error(`--listen ${port}: ${code === "EADDRINUSE" ? "the port is in use" : message}`));
    });
    server.listen(port, () => options.onListening((server.address() as { port: number }).port));
  });
}

async function serveConnection(
  socket: Socket,
  cases: readonly NumberedCase[],
  { timeoutMs }: ListenOptions,
  done: (index: number, result: Result) => void,
): Promise<void> {
  const stream = new ByteStream(socket, performance.now() + timeoutMs * 3);
  const head = await takeHead(stream, "a request").catch(() => undefined);
  if (head === undefined) return void socket.destroy();
  const path = (head.firstLine.split(" ")[1] ?? "").replace(/^\w+:\/\/[^/]*/, "").split("?")[0];
  const subject = new ClientSubject(socket, stream, head, graceOf(timeoutMs));
  if (path === "/count") return await tellCount(subject, cases.length);
  const index = Number(/^\/case\/(\d+)$/.exec(path)?.[1] ?? 0) - 1;
  const one = cases[index];
  if (one === undefined) return refuse(socket, head);
  done(index, await runCase(one, subject));
}

async function tellCount(subject: ClientSubject, count: number): Promise<void> {
  try {
    const peer = await subject.answer({});
    peer.send({ opcode: opcode.text, payload: `${count}` });
    peer.sendClose();
    while ((await peer.next("a Close frame")).kind !== "close") {}
    await endOfTcp(peer);
  } catch {
    // The cases will tell what is wrong with the client.
  } finally {
    subject.cleanUp();
  }
}

function refuse(socket: Socket, head: Head): void {
  const body = `There is no ${head.firstLine.split(" ")[1]} here: ask /count, then connect to /case/1 and so on.\n`;
  const lines = [
    ["Connection", "close"],
    ["Content-Length", `${body.length}`],
  ] as const;
  socket.end(Buffer.concat([writeHead("HTTP/1.1 404 Not Found", lines), Buffer.from(body)]));
}
