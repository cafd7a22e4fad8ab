// Makes the npm package: a folder npm/ with the JavaScript and declarations of src, runtimes and the tool, and its own package.json.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Exports = string | { readonly [key: string]: Exports };

const root = join(import.meta.dirname, "..");
const out = join(root, "npm");

rmSync(out, { recursive: true, force: true });
const compiled = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (compiled.status !== 0) {
  console.error("build: tsc found the errors above, so npm/ was not made");
  process.exit(1);
}

const {
  private: _,
  scripts,
  devDependencies,
  allowScripts,
  ...manifest
} = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
manifest.exports = built(manifest.exports);
manifest.bin = { wirehall: "./tool/main.js" };
chmodSync(join(out, "tool/main.js"), 0o755);
writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) copyFileSync(join(root, file), join(out, file));
console.log(`build: npm/ holds ${manifest.name} ${manifest.version}`);

/** The same exports and conditions, each source replaced by what was made of it. */
function built(exports: Exports): Exports {
  if (typeof exports !== "string") {
    return Object.fromEntries(Object.entries(exports).map(([key, value]) => [key, built(value)]));
  }
  if (!exports.endsWith(".ts")) return exports;
  const path = exports.slice(0, -".ts".length);
  return { types: `${path}.d.ts`, default: `${path}.js` };
}
