import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RuntimeName, Transport } from "../../src/serve.ts";

/** A fixture in a process of its own. */
export interface FixtureProcess {
  readonly port: number;
  /** How many lines the fixture has written to its standard error. */
  lineCount(): number;
  /** The last lines that it wrote there after the first `count`. */
  errorsSince(count: number): string;
  /** All that it has written there, once that has this text. */
  log(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  closeInput(): void;
  /** Asks it to end, and resolves when it has. */
  stop(): Promise<void>;
}

const program: string = fileURLToPath(new URL("../fixture.ts", import.meta.url));
const shownLines = 25;
const shownColumns = 240;
/** So long may an entry take from the program to us. */
const patienceMs = 10_000;

/** Starts test/fixture.ts and waits until it can be reached. It ends with this process, however that ends. */
export function startFixture(
  runtime: RuntimeName,
  transport: Transport,
  more: readonly string[] = [],
): Promise<FixtureProcess> {
  const args = [program, "--runtime", runtime, "--transport", transport, "--port", "0", ...more];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  const lines: string[] = [];
  const stderr = createInterface(child.stderr).on("line", (line) => {
    lines.push(line);
  });
  const errorsSince = (count: number): string => {
    const shown = lines.slice(count).slice(-shownLines);
    return shown.map((line) => line.slice(0, shownColumns)).join("\n");
  };
  const log = async (text: string): Promise<string> => {
    const signal = AbortSignal.timeout(patienceMs);
    while (!lines.some((line) => line.includes(text))) await once(stderr, "line", { signal });
    return lines.join("\n");
  };
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      reject(
        new Error(`the fixture of ${runtime}/${transport} ended with exit code ${code}:\n${errorsSince(0)}`),
      );
    });
    createInterface(child.stdout).on("line", (line) => {
      const port = /^LISTENING (\d+)$/.exec(line)?.[1];
      if (port === undefined) return;
      const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
      const closeInput = (): void => void child.stdin.end();
      const lineCount = (): number => lines.length;
      resolve({ port: Number(port), lineCount, errorsSince, log, kill, closeInput, stop });
    });
  });
}
