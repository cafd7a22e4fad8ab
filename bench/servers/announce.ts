import { readFileSync } from "node:fs";
import process from "node:process";
import type { Workload } from "../workload.ts";

/** What a server prints, as one line of JSON, once it listens. */
export interface Announcement {
  readonly port: number;
  /** Whose CPU is read: the runtime may have been started through another process. */
  readonly pid: number;
  /** Names and versions of what the server consists of. */
  readonly version: string;
}

/** The workload that the server was started for. */
export const workload = JSON.parse(process.argv[2]) as Workload;
/** What is the server's own among its arguments. */
export const args: readonly string[] = process.argv.slice(3);

/** Tells the bench that the server listens, and ends with it: when the standard input closes. */
export function announce(port: number, ...parts: readonly string[]): void {
  process.stdin.on("end", () => process.exit());
  process.stdin.on("error", () => process.exit());
  process.stdin.resume();
  const version = [runtimeVersion(), ...parts].join(", ");
  const announcement: Announcement = { port, pid: process.pid, version };
  process.stdout.write(`${JSON.stringify(announcement)}\n`);
}

/** `name version` of an installed package, or of the folder's own. */
export function packageVersion(folder: string): string {
  const manifest = JSON.parse(readFileSync(new URL(`../../${folder}package.json`, import.meta.url), "utf8"));
  return `${manifest.name} ${manifest.version}`;
}

function runtimeVersion(): string {
  const { bun, deno, node } = process.versions as Readonly<Record<string, string>>;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node ${node}` : `Deno ${deno}`;
}
