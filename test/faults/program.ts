import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import type { ProcessLauncher } from "../../runtimes/node/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { RawClient } from "../support/raw-client.ts";
import { ScriptClient } from "../support/script-client.ts";

export const launchers: readonly ProcessLauncher[] = [node, deno, bun];

const app: string = fileURLToPath(new URL("../fixture/app.ts", import.meta.url));

/** The fixture's app, which keeps its rooms in a file, in a process of its own. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #ports: Promise<number>;
  #said = "";

  constructor({ runtime, transports, command }: ProcessLauncher, path: string, shell?: string) {
    const line = command(app);
    const [program, ...args] =
      shell === undefined ? line : ["sh", "-c", `${shell}; exec "$@"`, "sh", ...line];
    const vars = { WIREHALL_RUNTIME: runtime, WIREHALL_TRANSPORT: transports[0], WIREHALL_STORAGE: path };
    this.#child = spawn(program, args, {
      env: { ...process.env, NO_COLOR: "1", ...vars, PORT: "0" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stderr?.on("data", (text) => {
      this.#said += text;
    });
    this.#ended = new Promise((resolve) => this.#child.on("close", resolve));
    this.#ports = this.#port();
    this.#ports.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it wrote to its standard error. */
  get said(): string {
    return this.#said;
  }

  /** Joins a room, once the program listens. */
  async join(kind: "script" | "sql", room: string): Promise<ScriptClient> {
    const port = await this.#ports;
    const raw = await RawClient.connect(port);
    raw.writeUpgrade({ path: `/${kind}/${room}` }, port);
    const { status } = await raw.answer();
    if (status !== 101) throw new Error(`the upgrade got ${status}; the program said ${this.#said}`);
    return new ScriptClient(raw);
  }

  /** Resolves when it has ended by itself. */
  async end(): Promise<{ code: number | null; said: string }> {
    const code = await this.#ended;
    return { code, said: this.#said };
  }

  /** Ends at once, without a chance to do anything. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async #port(): Promise<number> {
    if (this.#child.stdout === null) throw new Error("the program has no output");
    for await (const line of createInterface(this.#child.stdout)) {
      const port = /^FIXTURE (\d+)$/.exec(line)?.[1];
      if (port !== undefined) return Number(port);
    }
    throw new Error(`the program did not listen; it said ${this.#said}`);
  }
}
