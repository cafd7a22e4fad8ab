import { execPath } from "node:process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { RuntimeName, Transport } from "../../src/serve.ts";

const self = fileURLToPath(import.meta.url);

/** How a program is started on workerd: this file runs the bundle that wrangler would make, in miniflare. */
export const launcher: {
  readonly runtime: RuntimeName;
  readonly transports: readonly Transport[];
  command(file: string): readonly string[];
} = {
  runtime: "workers",
  transports: ["native"],
  command: (file) => [execPath, self, file],
};

if (process.argv[1] === self) await run(process.argv[2]);

async function run(file: string): Promise<void> {
  const [{ build }, { Log, LogLevel, Miniflare }] = await Promise.all([
    import("esbuild"),
    import("miniflare"),
  ]);
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    outfile: "worker.mjs",
    format: "esm",
    target: "esnext",
    conditions: ["workerd"],
    external: ["cloudflare:*", "node:*"],
  });
  // Without bindings, as after a migration in wrangler.toml and nothing else.
  const classes = Object.values(metafile.outputs)[0].exports.filter((name) => name !== "default");
  const vars = Object.entries(process.env).filter(([name]) => name.startsWith("WIREHALL_"));
  const outputs: Readable[] = [];
  /** Evicts the Durable Object that the path names by class and name, as the platform does with one that is idle. */
  const evict = async (request: { readonly url: string }) => {
    const [className, name] = new URL(request.url).pathname.slice(1).split("/").map(decodeURIComponent);
    await miniflare.unsafeEvictDurableObject("", className, { name, webSockets: "hibernate" });
    return new Response();
  };
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text }],
    // As in wrangler.toml, unless the variable asks how an older one behaves.
    compatibilityDate: process.env.WIREHALL_COMPATIBILITY_DATE ?? "2026-07-30",
    // Chains of calls are known behind an `await` by its AsyncLocalStorage.
    compatibilityFlags: ["nodejs_compat"],
    bindings: Object.fromEntries(vars) as Record<string, string>,
    serviceBindings: { EVICT: evict },
    additionalUnboundDurableObjects: classes.map((className) => ({ className, useSQLite: true })),
    host: "127.0.0.1",
    port: Number(process.env.PORT),
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (...each: Readable[]) => void outputs.push(...each),
  });
  const end = (): void => void miniflare.dispose().then(() => process.exit());
  process.on("SIGTERM", end);
  process.stdin.on("end", end).resume();
  try {
    const url = await miniflare.ready;
    console.log(`FIXTURE ${url.port}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(code === "ERR_ADDRESS_IN_USE" ? `port ${process.env.PORT} is in use` : message);
    process.exitCode = 1;
    if (code === "ERR_ADDRESS_IN_USE") process.exit();
  }
  for (const output of outputs) output.pipe(process.stderr);
}
