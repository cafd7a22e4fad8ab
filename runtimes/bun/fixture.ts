import type { ProcessLauncher } from "../node/fixture.ts";

export const launcher: ProcessLauncher = {
  runtime: "bun",
  transports: ["codec", "native"],
  command: (file) => ["bun", "run", "--silent", file],
};
