import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate, key } from "../serve/certificate.ts";

/** A proxy that runs in front of the fixtures. */
export interface RunningProxy {
  readonly port: number;
  /** Ends it by its process id, and resolves when it is gone with all it wrote. */
  stop(): Promise<void>;
}

/** Where a proxy keeps its files, and listens; TLS ends there. */
export interface Place {
  readonly folder: string;
  readonly port: number;
  /** Certificate and key in one file, as HAProxy wants them; nginx takes it for both. */
  readonly pem: string;
}

/** Starts a program with a configuration of its own, and resolves once it accepts connections. */
export async function startProxy(
  program: string,
  configure: (place: Place) => string,
  argumentsFor: (file: string, place: Place) => readonly string[],
): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), "wirehall-proxy-"));
  const place: Place = { folder, port: await freePort(), pem: join(folder, "site.pem") };
  const file = join(folder, "proxy.conf");
  writeFileSync(place.pem, certificate + key, { mode: 0o600 });
  writeFileSync(file, configure(place));
  const child = spawn(program, argumentsFor(file, place), { stdio: ["ignore", "pipe", "pipe"] });
  const stopAtExit = () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", stopAtExit);
  const stop = async () => {
    process.off("exit", stopAtExit);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilOpen(place.port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: place.port, stop };
}

/** A port of the loopback that nobody had a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves once the port takes connections; rejects with what the program said if it ends before. */
export async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text) => {
      said += text;
    });
  }
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  const ended = once(child, "exit").then(() =>
    Promise.reject(new Error(`${child.spawnfile} ended before it listened:\n${said}`)),
  );
  // Whoever wins the race, the others are heard of no more.
  for (const each of [failed, ended]) each.catch(() => {});
  await Promise.race([failed, ended, answering(port, () => child.exitCode === null)]);
}

async function answering(port: number, isWanted: () => boolean): Promise<void> {
  while (isWanted()) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
