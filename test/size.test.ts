import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const LIMIT_BYTES = 8_000;

test("all of wirehall/client is under 8 KB for a browser, minified and compressed with brotli", async (t) => {
  const { outputFiles } = await build({
    stdin: { contents: `export * from "wirehall/client";`, resolveDir: join(import.meta.dirname, "..") },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
  });
  const bundle = outputFiles[0]?.contents as Uint8Array;
  const bytes = brotliCompressSync(bundle).length;
  t.diagnostic(
    `wirehall/client: ${bytes} bytes with brotli, ${gzipSync(bundle).length} with gzip, ${bundle.length} bare`,
  );
  assert.ok(bytes < LIMIT_BYTES, `${bytes} bytes: the limit is ${LIMIT_BYTES}`);
});
