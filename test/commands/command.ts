import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root: string = join(import.meta.dirname, "../..");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A program that runs, with what it has printed so far. */
export class Command {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ended>;
  #out = "";
  #err = "";

  constructor(
    program: string,
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ) {
    const { NODE_TEST_CONTEXT: _, ...env } = { ...process.env, ...options.env };
    const child = spawn(program, args, { cwd: options.cwd ?? root, env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.setEncoding("utf8").on("data", (text) => (this.#out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (this.#err += text));
    this.#child = child;
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, out: this.#out, err: this.#err }));
    });
  }

  /** The first line on standard output that matches; rejects when the program ends without one. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#out
        .split("\n")
        .slice(0, -1)
        .find((line) => pattern.test(line));
      if (found !== undefined) return found;
      const more = new Promise<void>((resolve) => this.#child.stdout?.once("data", () => resolve()));
      const end = await Promise.race([more, this.ended]);
      if (end)
        throw new Error(
          `ended with ${end.code ?? end.signal} before it printed ${pattern}:\n${end.out}${end.err}`,
        );
    }
  }

  stop(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }

  /** The ids of this process and of all that it started, children of children included. */
  processes(): number[] {
    const parents = new Map(runningProcesses().map(({ pid, parent }) => [pid, parent]));
    const descends = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === this.#child.pid || descends(parents.get(pid)));
    return [...parents.keys()].filter(descends);
  }
}

/** Which of these run; a zombie does not. */
export function stillRunning(pids: readonly number[]): number[] {
  const running = new Set(runningProcesses().map(({ pid }) => pid));
  return pids.filter((pid) => running.has(pid));
}

function runningProcesses(): { pid: number; parent: number }[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const [state, parent] = statusOf(entry);
      return state === undefined || state === "Z" ? [] : [{ pid: Number(entry), parent: Number(parent) }];
    });
}

function statusOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
