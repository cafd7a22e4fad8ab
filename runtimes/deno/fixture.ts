import type { ProcessLauncher } from "../node/fixture.ts";

export const launcher: ProcessLauncher = {
  runtime: "deno",
  transports: ["codec", "native"],
  command: (file) => ["deno", "run", "--quiet", "--no-check", "--allow-all", file],
};
