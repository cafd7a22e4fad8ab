import type { Workload } from "../workload.ts";

/** What the load is told to do: one line of JSON on its standard input. */
export interface Order {
  readonly workload: Workload;
  readonly port: number;
  /** The server's, whose CPU is read. */
  readonly pid: number;
  /** The server's core, where it is pinned to one. */
  readonly core: number | undefined;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What the load says of it: one line of JSON on its standard output, or `{ error }`. */
export interface Trial {
  /** Frames that came in while it was measured. */
  readonly frames: number;
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  readonly loadCpuSeconds: number;
  /** CPU of the server's core that somebody else took; undefined where that can't be told. */
  readonly otherCpuSeconds: number | undefined;
  /** Messages sent from the first to the last, warm-up and all. */
  readonly sent: number;
  /** Frames that came back for them, each parsed. */
  readonly received: number;
  /** The number of frames that had to come back. */
  readonly expected: number;
}
