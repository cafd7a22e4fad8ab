// Runs examples/chat/app.ts, unchanged, on the runtime that is asked for.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { signalGroup, stopGroup } from "./group.ts";

const root = join(import.meta.dirname, "..");
const app = "examples/chat/app.ts";
const runtimes = ["node", "deno", "bun", "workers"] as const;
type RuntimeName = (typeof runtimes)[number];
const usage = "usage: npm start -- [--runtime node|deno|bun|workers] [--port 0..65535]";
const wranglerPatienceMs = 60_000;

let asked: NodeJS.Signals | undefined;
let forcedCode: number | undefined;

const { runtime, port } = readArguments(process.argv.slice(2));
if (runtime === "workers") await startWorkers(await freePort(port), port !== 0);
else startProgram(runtime, port);

function readArguments(args: string[]): { runtime: RuntimeName; port: number } {
  const { runtime, port, help } = parse(args);
  if (help) {
    console.log(`${usage} (default: node, 8787; port 0 takes any)`);
    process.exit(0);
  }
  const known = runtimes.find((one) => one === runtime);
  if (known === undefined)
    refuse(`--runtime cannot be ${JSON.stringify(runtime)}: give node, deno, bun or workers`);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    const source = port === process.env.PORT ? "PORT" : "--port";
    refuse(`${source} cannot be ${JSON.stringify(port)}: give a number from 0 to 65535, 0 for any`);
  }
  return { runtime: known, port: Number(port) };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        runtime: { type: "string", default: "node" },
        port: { type: "string", default: process.env.PORT || "8787" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    refuse(`${message.split(/[.\n]/, 1)[0]}; ${usage}`);
  }
}

function startProgram(runtime: "node" | "deno" | "bun", port: number): void {
  const command = {
    node: [process.execPath, app],
    deno: [binary("deno"), "run", "--quiet", "--no-check", "--allow-all", app],
    bun: [binary("bun"), "run", "--silent", app],
  }[runtime];
  run(command, { PORT: String(port) });
}

async function startWorkers(port: number, kept: boolean): Promise<void> {
  const child = run(
    [
      process.execPath,
      join(root, "node_modules/wrangler/bin/wrangler.js"),
      ...["dev", "--local", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"],
      // Two servers at once must not share the files of their Durable Objects.
      ...["--persist-to", kept ? `.wrangler/state-${port}` : temporaryFolder()],
      ...["--log-level", "warn", "--show-interactive-dev-session=false"],
    ],
    {
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: ".wrangler/logs",
      WRANGLER_REGISTRY_PATH: ".wrangler/registry",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  );
  const url = `http://127.0.0.1:${port}`;
  if (await answers(url, child)) console.log(`Wirehall listens on ${url} (workers, native)`);
  else if (child.exitCode === null && asked === undefined) {
    console.error(`start: wrangler dev gave no answer on ${url} in ${wranglerPatienceMs / 1000} s`);
    stop(child, "SIGTERM", 1);
  }
}

/** For Durable Objects that nobody could find again, since their port was any. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wirehall-state-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + wranglerPatienceMs;
  while (Date.now() < deadline && child.exitCode === null && asked === undefined) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(5_000) });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return false;
}

/** Finds out before wrangler does, which would take another port or print a page of text. */
function freePort(port: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE"
          ? `port ${port} on 127.0.0.1 is in use: stop the program that holds it, or choose another port`
          : `can't listen on 127.0.0.1 port ${port} (${error.code ?? error.message}): choose another port`;
      console.error(`start: ${why}`);
      process.exit(1);
    });
    server.listen(port, "127.0.0.1", () => {
      const { port: taken } = server.address() as AddressInfo;
      server.close(() => resolve(taken));
    });
  });
}

/** Starts a child that leads a process group, so that its own children can be ended with it. */
function run(command: readonly string[], vars: Record<string, string>): ChildProcess {
  const child = spawn(command[0], command.slice(1), {
    cwd: root,
    env: { ...process.env, ...vars },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stop(child, signal));
  }
  process.on("exit", () => signalGroup(child, "SIGTERM"));
  child.on("error", (error) => {
    console.error(`start: cannot start ${command[0]}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", async (code, signal) => {
    await stopGroup(child, "SIGTERM");
    process.exit(forcedCode ?? (diedAsAsked(code, signal) ? 0 : (code ?? 1)));
  });
  return child;
}

function stop(child: ChildProcess, signal: NodeJS.Signals, code?: number): void {
  forcedCode ??= code;
  // A second signal means that the first took too long.
  void stopGroup(child, asked === undefined ? signal : "SIGKILL");
  asked ??= signal;
}

/** A program without a handler dies of the signal, and wrangler exits with its number: both did as they were told. */
function diedAsAsked(code: number | null, signal: NodeJS.Signals | null): boolean {
  return asked !== undefined && (signal === asked || code === 128 + constants.signals[asked]);
}

function binary(name: string): string {
  return join(root, "node_modules/.bin", name);
}

function refuse(line: string): never {
  console.error(`start: ${line}`);
  process.exit(2);
}
