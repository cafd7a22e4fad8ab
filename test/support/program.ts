import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Program {
  readonly port: number;
  /** Ends the program by its process id, and resolves when it is gone. */
  stop(): Promise<void>;
}

const binaries: string = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
const patienceMs = 2_000;

/**
 * Starts a program that prints `FIXTURE <port>` once it listens; all else it prints goes to our standard error.
 * Its standard input is a pipe that closes with this process, so that it can end when we are killed.
 * Rejects with what it complained of when it ends before it listens; calls `gone` when it ends by itself later.
 */
export function runProgram(
  command: readonly string[],
  vars: Readonly<Record<string, string>>,
  gone: () => void,
): Promise<Program> {
  const path = `${binaries}${delimiter}${process.env.PATH ?? ""}`;
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, NO_COLOR: "1", ...vars, PATH: path },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  let stopping = false;
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));

  const stop = async (): Promise<void> => {
    stopping = true;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    await ended;
    clearTimeout(timer);
  };

  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`cannot start ${command[0]}: ${error.message}`)));
    child.on("close", (code, signal) => {
      reject(new Error(complaint.trim() || `ended before it listened (${signal ?? `exit code ${code}`})`));
      if (!stopping) gone();
    });
    createInterface(child.stdout).on("line", (line) => {
      const port = /^FIXTURE (\d+)$/.exec(line)?.[1];
      if (port === undefined) return console.error(line);
      child.stderr.removeAllListeners("data").pipe(process.stderr);
      process.stderr.write(complaint);
      resolve({ port: Number(port), stop });
    });
  });
}
