import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

const PATIENCE_MS = 20_000;
const END_PATIENCE_MS = 2_000;

const running = new Set<Child>();

/** A process that speaks to us in lines of JSON. It also ends when its standard input closes, so with us. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #gone: Promise<void>;
  #failure: Error | undefined;

  constructor(name: string, [program, ...args]: readonly string[]) {
    this.#name = name;
    this.#process = spawn(program, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    this.#process.stdin!.on("error", () => {});
    this.#lines = createInterface(this.#process.stdout!);
    running.add(this);
    this.#gone = new Promise((resolve) => {
      const end = (reason: string) => {
        running.delete(this);
        this.#failure ??= new Error(`${this.#name} ${reason}`);
        this.#lines.close();
        resolve();
      };
      this.#process.on("error", (error) => end(`could not be started: ${error.message}`));
      this.#process.on("exit", (code, signal) => end(`ended by ${signal ?? `exit code ${code}`}`));
    });
  }

  /** Tells it something, and resolves with the next line that it says. */
  ask<Answer>(question: object, patienceMs: number = PATIENCE_MS): Promise<Answer> {
    const answer = this.hear<Answer>(patienceMs);
    this.#process.stdin!.write(`${JSON.stringify(question)}\n`);
    return answer;
  }

  /** The next line that it says. Rejects for `{ error }`, and when it ends or says nothing for too long. */
  async hear<Answer>(patienceMs: number = PATIENCE_MS): Promise<Answer> {
    const line = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${this.#name} said nothing for ${patienceMs / 1000} s`)),
        patienceMs,
      );
      this.#lines.once("line", (line) => {
        clearTimeout(late);
        resolve(line);
      });
      void this.#gone.then(() => {
        clearTimeout(late);
        reject(this.#failure);
      });
    });
    const answer = JSON.parse(line) as Answer & { error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#process.stdin!.end();
    this.#process.kill("SIGTERM");
    const late = setTimeout(() => this.#process.kill("SIGKILL"), END_PATIENCE_MS);
    await this.#gone;
    clearTimeout(late);
  }
}

/** Ends every child that still runs. */
export async function stopChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.stop()));
}
