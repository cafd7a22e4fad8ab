import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RuntimeName } from "../../src/serve.ts";

const start = fileURLToPath(new URL("../../scripts/start.ts", import.meta.url));

/** The chat, as `npm start` runs it. */
export interface ChatServer {
  readonly url: string;
  readonly port: number;
  /** Ends it as Ctrl+C does, and resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it with no chance to say goodbye, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Resolves once the chat has printed its address; rejects with what it printed if it ends first. */
export async function startChat(runtime: RuntimeName, port = 0): Promise<ChatServer> {
  const child = spawn(process.execPath, [start, "--runtime", runtime, "--port", String(port)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stopAtExit = () => child.kill();
  process.once("exit", stopAtExit);
  const closed = once(child, "close").then(() => process.off("exit", stopAtExit));
  const url = await address(child, runtime);
  return {
    url,
    port: Number(new URL(url).port),
    stop: async () => {
      child.kill();
      await closed;
    },
    kill: async () => {
      for (const group of children(child.pid!)) process.kill(-group, "SIGKILL");
      await closed;
    },
  };
}

function address(child: ChildProcess, runtime: RuntimeName): Promise<string> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface(stream).on("line", (line) => {
        printed.push(line);
        const found = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
        if (found !== null) resolve(found[1]);
      });
    }
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`the chat on ${runtime} ended:\n${printed.join("\n")}`)));
  });
}

/** What `npm start` started: each leads a process group of its own. */
function children(pid: number): number[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").match(/\d+/g) ?? [];
  return pids.map(Number);
}
