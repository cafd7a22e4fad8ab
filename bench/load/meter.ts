import { readFileSync } from "node:fs";
import process from "node:process";

/** USER_HZ, in which Linux tells times to programs: 100 on every platform that Node supports. */
const TICKS_PER_SECOND = 100;

/** CPU seconds, at one moment. */
export interface Reading {
  readonly atSeconds: number;
  readonly serverCpu: number;
  readonly loadCpu: number;
  /** All that the server's core has done, for whomever; time that the hypervisor took counts. */
  readonly coreCpu: number | undefined;
}

/** Reads what the operating system says of the server `pid`, of its core and of this process. */
export function read(pid: number, core: number | undefined): Reading {
  const { user, system } = process.cpuUsage();
  return {
    atSeconds: performance.now() / 1000,
    serverCpu: processCpu(pid),
    loadCpu: (user + system) / 1_000_000,
    coreCpu: core === undefined ? undefined : coreCpu(core),
  };
}

/** utime and stime of all threads (proc_pid_stat(5)). */
function processCpu(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is a name in brackets, which may hold blanks; utime is the 14th, stime the 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** All but idle and iowait (proc_stat(5)). */
function coreCpu(core: number): number | undefined {
  const line = new RegExp(`^cpu${core} (.*)$`, "m").exec(readFileSync("/proc/stat", "latin1"))?.[1];
  if (line === undefined) return undefined;
  const [user, nice, system, , , irq, softirq, steal] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}
