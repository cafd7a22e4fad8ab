import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const patienceMs = 5_000;

/**
 * Ends a child that was started with `detached: true`, and what it started, by the id of its process group.
 * Resolves once the group is gone; what is left after 5 s is killed.
 */
export async function stopGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const group = child.pid;
  if (group === undefined || !signalGroup(group, signal)) return;
  const deadline = Date.now() + patienceMs;
  while (lives(group)) {
    if (Date.now() > deadline) {
      signalGroup(group, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

/** A zombie can be signalled, and in a container without an init nobody ever collects it: it does not count. */
function lives(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  if (!existsSync("/proc/self/stat")) return true;
  return readdirSync("/proc").some((entry) => /^\d+$/.test(entry) && runsIn(group, entry));
}

function runsIn(group: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(itsGroup) === group && state !== "Z";
  } catch {
    return false;
  }
}
