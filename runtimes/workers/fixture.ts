import type { Readable } from "node:stream";
import type { RuntimeName, Transport } from "../../src/serve.ts";

/** How a program is started inside this process, on workerd: the bundle that wrangler would make, in miniflare. */
export interface WorkersLauncher {
  readonly runtime: RuntimeName;
  readonly transports: readonly Transport[];
  start(file: string, rooms: readonly string[], vars: Vars, port: number): Promise<Worker>;
}

type Vars = Readonly<Record<string, string>>;

interface Worker {
  readonly port: number;
  stop(): Promise<void>;
}

/** As in wrangler.toml, unless the variable asks how an older one behaves. */
const compatibilityDate = process.env.WIREHALL_COMPATIBILITY_DATE ?? "2026-07-30";

export const launcher: WorkersLauncher = {
  runtime: "workers",
  transports: ["native"],
  async start(file, rooms, vars, port) {
    const [{ build }, { Log, LogLevel, Miniflare }] = await Promise.all([
      import("esbuild"),
      import("miniflare"),
    ]);
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: "esm",
      target: "esnext",
      conditions: ["workerd"],
      external: ["cloudflare:*", "node:*"],
    });
    const miniflare = new Miniflare({
      modules: [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text }],
      compatibilityDate,
      bindings: vars,
      // Without a binding, as after a migration in wrangler.toml and nothing else.
      additionalUnboundDurableObjects: rooms.map((className) => ({ className, useSQLite: true })),
      host: "127.0.0.1",
      port,
      log: new Log(LogLevel.ERROR),
      handleRuntimeStdio(...outputs: Readable[]) {
        for (const output of outputs) output.pipe(process.stderr);
      },
    });
    const url = await miniflare.ready;
    return { port: Number(url.port), stop: () => miniflare.dispose() };
  },
};
