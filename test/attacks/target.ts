import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RuntimeName, Transport } from "../../src/serve.ts";
import type { Bounds } from "./bounds.ts";
import { descendant, processState } from "./process-state.ts";

/** What the server under attack has counted. */
export interface Counts {
  /** By reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** By close code. */
  readonly closes: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly handshakes: number;
  readonly bufferedBytes: number;
}

/** How a program is started on a runtime. */
export interface Launcher {
  readonly runtime: RuntimeName;
  command(file: string): readonly string[];
}

const PATIENCE_MS = 20_000;
const app: string = fileURLToPath(new URL("./app.ts", import.meta.url));

/** The server under attack, in a process of its own. */
export class Target {
  readonly port: number;
  readonly pid: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
    // On Workers the program starts workerd, which does the work.
    this.pid = descendant(process.pid as number, "workerd") ?? (process.pid as number);
  }

  /** `bounds` take the place of the usual ones. */
  static async start(
    launcher: Launcher,
    transport: Transport,
    bounds: Readonly<Partial<Record<keyof Bounds, number>>> = {},
  ): Promise<Target> {
    const [program, ...args] = launcher.command(app);
    const child = spawn(program, args, {
      env: {
        ...process.env,
        NO_COLOR: "1",
        WIREHALL_TRANSPORT: transport,
        WIREHALL_BOUNDS: JSON.stringify(bounds),
        PORT: "0",
      },
      // workerd tells of each connection that was lost.
      stdio: ["pipe", "pipe", launcher.runtime === "workers" ? "ignore" : "inherit"],
    });
    const lines = createInterface(child.stdout);
    const port = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the server under attack ended with ${code}`)));
      lines.on("line", (line) => {
        const found = /^FIXTURE (\d+)/.exec(line)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    });
    return new Target(child, port);
  }

  /** What it has counted, asked for on a connection of its own. */
  async counts(): Promise<Counts> {
    return JSON.parse(await this.ask("/counts")) as Counts;
  }

  /** Asks until the counts are as wanted; fails with the last ones when they never are. */
  async until(what: string, holds: (counts: Counts) => boolean): Promise<Counts> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const counts = await this.counts();
      if (holds(counts)) return counts;
      if (performance.now() > end)
        throw new Error(`awaited ${what}, but the server counts ${JSON.stringify(counts)}`);
    }
  }

  /** Waits until the process has no more descriptors than this. */
  async untilDescriptors(most: number): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const { descriptors } = processState(this.pid);
      if (descriptors <= most) return;
      if (performance.now() > end)
        throw new Error(`${descriptors} descriptors are open, and ${most} were before`);
      await this.counts();
    }
  }

  /** Asks for a path, and resolves with the text of the answer. */
  async ask(path: string): Promise<string> {
    const asked = request({ port: this.port, host: "127.0.0.1", path, agent: false });
    asked.end();
    const [response] = await once(asked, "response");
    let text = "";
    for await (const chunk of response) text += chunk;
    if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode} ${text}`);
    return text;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Resolves with the exit code once the process has ended. */
  get ended(): Promise<number | null> {
    if (this.hasEnded) return Promise.resolve(this.#process.exitCode);
    return once(this.#process, "exit").then(([code]) => code as number | null);
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.#process.stdin?.end();
    await once(this.#process, "exit");
  }
}
