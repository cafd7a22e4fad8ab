import { setTimeout as sleep } from "node:timers/promises";
import { frame, opcodes } from "./frames.ts";
import type { HonestOrder, HonestReport } from "./honest-order.ts";
import { speak } from "./lines.ts";
import { Stranger } from "./stranger.ts";

// Honest clients in a process of their own, so that what the attackers do to theirs does not count: each sends a
// numbered text, waits for it to come back, and says so when anything else comes.

/** A client that is honest, and parses what it gets: small texts whose echo is awaited one by one. */
class Honest {
  readonly #name: string;
  readonly #stranger: Stranger;
  #received: Buffer = Buffer.alloc(0);
  #arrived: (() => void) | undefined;
  sent = 0;
  echoed = 0;
  fault: string | undefined;

  constructor(name: string, port: number) {
    this.#name = name;
    this.#stranger = new Stranger(port);
  }

  async open(port: number, path: string): Promise<void> {
    const status = await this.#stranger.open(port, { path });
    if (status !== 101) throw new Error(`an honest client was answered ${status}`);
    this.#stranger.socket.on("data", (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#arrived?.();
    });
    this.#stranger.socket.on("end", () => this.#arrived?.());
    this.#stranger.socket.on("close", () => this.#arrived?.());
  }

  /** Sends and awaits until it is told to stop; returns the latencies [ms]. */
  async run(intervalMs: number, isOver: () => boolean): Promise<number[]> {
    const latencies: number[] = [];
    while (!isOver() && this.fault === undefined) {
      const start = performance.now();
      await this.#echo();
      latencies.push(performance.now() - start);
      await sleep(intervalMs);
    }
    return latencies;
  }

  async end(): Promise<void> {
    await this.#stranger.write(frame({ opcode: opcodes.close, payload: Uint8Array.of(3, 232) }));
    this.#stranger.socket.end();
    await this.#stranger.closed;
  }

  async #echo(): Promise<void> {
    const text = `${this.#name} ${++this.sent}`.padEnd(64, ".");
    const expected = Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]);
    await this.#stranger.write(frame({ opcode: opcodes.text, payload: text }));
    while (this.#received.length < expected.length && !this.#stranger.ended) await this.#next();
    const answer = this.#received.subarray(0, expected.length);
    this.#received = this.#received.subarray(expected.length);
    if (answer.equals(expected)) this.echoed++;
    else
      this.fault = `awaited ${JSON.stringify(text)} and got ${answer.length} bytes: ${answer.toString("hex", 0, 40)}`;
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }
}

await speak(async ({ hear, say }) => {
  const order = await hear<HonestOrder>();
  const clients = Array.from({ length: order.clients }, (_, index) => new Honest(`h${index}`, order.port));
  await Promise.all(clients.map((client) => client.open(order.port, order.path)));
  say({});
  let isOver = false;
  const running = Promise.all(clients.map((client) => client.run(order.intervalMs, () => isOver)));
  await hear();
  isOver = true;
  const latencies = (await running).flat().sort((a, b) => a - b);
  await Promise.all(clients.map((client) => client.end()));
  const sum = (key: "sent" | "echoed"): number => clients.reduce((total, client) => total + client[key], 0);
  const report: HonestReport = {
    sent: sum("sent"),
    echoed: sum("echoed"),
    faults: clients.flatMap(({ fault }) => fault ?? []),
    medianMs: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
  say(report);
});

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
