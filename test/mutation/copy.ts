import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const copied = ["src", "runtimes/node", "test/mutation/server.ts"];

/** Copies of what the server under test runs, inside the repository, so that they find its packages. */
export class Copies {
  /** For what Node compiles of them: a copy that is lent again starts in half the time. */
  readonly compiled: string;
  readonly #folder: string;
  readonly #free: string[] = [];
  #made = 0;

  constructor() {
    const cache = join(root, ".cache");
    mkdirSync(cache, { recursive: true });
    this.#folder = mkdtempSync(join(cache, "mutation-"));
    this.compiled = join(this.#folder, "compiled");
  }

  /** Calls `use` with a copy that nobody else has, and which is to be left as it was. */
  async lend<T>(use: (copy: string) => Promise<T>): Promise<T> {
    const copy = this.#free.pop() ?? this.#make();
    try {
      return await use(copy);
    } finally {
      this.#free.push(copy);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #make(): string {
    const copy = join(this.#folder, `${++this.#made}`);
    for (const part of copied) cpSync(join(root, part), join(copy, part), { recursive: true });
    return copy;
  }
}
