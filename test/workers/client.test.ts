import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { ReferenceServer } from "../client/reference-server.ts";

test("a Worker joins a room by the client", async () => {
  const server = await new ReferenceServer().start();
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "visitor.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    conditions: ["workerd"],
  });
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0]?.text as string }],
    compatibilityDate: "2026-07-30",
    host: "127.0.0.1",
    log: new Log(LogLevel.NONE),
  });
  try {
    const room = encodeURIComponent(server.url);
    const response = await miniflare.dispatchFetch(`http://visitor/?room=${room}`);
    assert.deepEqual(await response.json(), {
      heard: ["hello", [1, 2], "named"],
      refused: "ROOM_THREW",
      sum: 3,
      status: "closed",
    });
  } finally {
    await miniflare.dispose();
    await server.stop();
  }
});
