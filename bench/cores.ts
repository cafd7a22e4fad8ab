import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A core for the server and one for the load; undefined where they can't be pinned. */
export interface Cores {
  readonly server: number | undefined;
  readonly load: number | undefined;
  /** Why they are what they are, for people. */
  readonly note: string;
}

/** Picks two cores that this process may use, if it can two that are no threads of one. */
export function pickCores(): Cores {
  const none = { server: undefined, load: undefined };
  if (spawnSync("taskset", ["--version"]).status !== 0) return { ...none, note: "not pinned: no taskset" };
  const [server, ...others] = allowedCores();
  if (others.length === 0) return { ...none, note: "not pinned: there is one core" };
  const siblings = siblingsOf(server);
  const load = others.find((core) => !siblings.includes(core));
  if (load === undefined) {
    return {
      server,
      load: others[0],
      note: `server on core ${server}, load on ${others[0]}, its twin thread`,
    };
  }
  return { server, load, note: `server on core ${server}, load on core ${load}` };
}

/** The command, pinned to a core; taskset becomes the program, so that its process id stays. */
export function pinned(core: number | undefined, command: readonly string[]): readonly string[] {
  return core === undefined ? command : ["taskset", "-c", String(core), ...command];
}

function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  return parseList(list ?? "");
}

function siblingsOf(core: number): number[] {
  try {
    return parseList(
      readFileSync(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`, "latin1").trim(),
    );
  } catch {
    return [core];
  }
}

/** Such as `0-2,5`. */
function parseList(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
