import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const patienceMs = 5_000;

/**
 * Ends a child that was started with `detached: true`, and what it started, by the id of its process group.
 * Resolves once the group is gone; what is left after 5 s is killed.
 */
export async function stopGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  signalGroup(child, signal);
  const deadline = Date.now() + patienceMs;
  while (lives(child)) {
    if (Date.now() > deadline) {
      signalGroup(child, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether there was a process of the group to signal. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** A zombie can be signalled, and in a container without an init nobody ever collects it: it does not count. */
function lives(leader: ChildProcess): boolean {
  if (!signalGroup(leader, 0)) return false;
  if (!existsSync("/proc/self/stat")) return true;
  return readdirSync("/proc").some((entry) => /^\d+$/.test(entry) && runsIn(leader.pid, entry));
}

function runsIn(group: number | undefined, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(itsGroup) === group && state !== "Z";
  } catch {
    return false;
  }
}
