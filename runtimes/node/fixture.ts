import { execPath } from "node:process";
import type { RuntimeName, Transport } from "../../src/serve.ts";

/** How a program is started on a runtime that runs it as a process of its own. */
export interface ProcessLauncher {
  readonly runtime: RuntimeName;
  readonly transports: readonly Transport[];
  /** Program and arguments. */
  command(file: string): readonly string[];
}

export const launcher: ProcessLauncher = {
  runtime: "node",
  transports: ["codec"],
  command: (file) => [execPath, file],
};
