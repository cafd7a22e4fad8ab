import { readdirSync, readFileSync } from "node:fs";

/** What the operating system says of a process. */
export interface ProcessState {
  /** Resident set. */
  readonly memoryBytes: number;
  readonly descriptors: number;
}

/** Reads proc_pid_status(5) and proc_pid_fd(5). Throws where the process is gone. */
export function processState(pid: number): ProcessState {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error(`process ${pid} has ended`);
  return { memoryBytes: Number(kib) * 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** The youngest descendant whose program has this name; the process itself where it has. */
export function descendant(pid: number, name: string): number | undefined {
  if (readFileSync(`/proc/${pid}/comm`, "latin1").trim() === name) return pid;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").split(" ").filter(Boolean);
    for (const child of children) {
      const found = descendant(Number(child), name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Watches the memory of a process while something goes on. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peakBytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), 50);
  }

  /** The most that was seen. */
  stop(): number {
    clearInterval(this.#timer);
    this.#sample();
    return this.#peakBytes;
  }

  #sample(): void {
    try {
      this.#peakBytes = Math.max(this.#peakBytes, processState(this.#pid).memoryBytes);
    } catch {
      // It has ended, which whoever watches it has to tell.
    }
  }
}
