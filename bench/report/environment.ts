import { cpus, loadavg, release, type } from "node:os";

/** What the figures were measured on: enough to see why two runs differ. */
export interface Environment {
  readonly date: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly pinning: string;
  /** The system's load average of the last minute when the bench began. */
  readonly loadAverage: number;
}

export function describeEnvironment(pinning: string): Environment {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    system: `${type()} ${release()}`,
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    pinning,
    loadAverage: loadavg()[0],
  };
}
