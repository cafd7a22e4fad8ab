import type { Readable } from "node:stream";
import { build } from "esbuild";

/** A Worker in miniflare. */
export interface TestWorker {
  /** What it answers to a request with this query. */
  ask(query: Readonly<Record<string, string>>): Promise<Response>;
  stop(): Promise<void>;
}

/** Bundles a file as wrangler would, and runs it. */
export async function startWorker(file: string, compatibilityFlags: string[] = []): Promise<TestWorker> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
  });
  // Once loaded it has read which certificates to trust.
  const { Log, LogLevel, Miniflare } = await import("miniflare");
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text }],
    compatibilityDate: "2026-07-30",
    compatibilityFlags,
    host: "127.0.0.1",
    log: new Log(LogLevel.NONE),
    // workerd tells at length of each connection that fails.
    handleRuntimeStdio: (...outputs: Readable[]) => {
      for (const output of outputs) output.resume();
    },
  });
  await miniflare.ready;
  return {
    ask: async (query) =>
      (await miniflare.dispatchFetch(`http://worker/?${new URLSearchParams(query)}`)) as unknown as Response,
    stop: () => miniflare.dispose(),
  };
}
