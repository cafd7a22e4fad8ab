import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const cache = join(root, ".cache");

for (const file of ["README.md", "docs/rooms.md"]) {
  test(`the code in ${file} compiles against the package`, () => {
    const blocks = codeBlocks(readFileSync(join(root, file), "utf8"));
    assert.ok(blocks.length > 0, `${file} has no ts blocks`);
    assert.equal(compile(blocks), "");
  });
}

test("code in a README that does not compile is found, with its line", () => {
  const readme = '# A\n\n```ts\nimport { nothing } from "wirehall";\n```\n\n```sh\nls\n```\n';
  assert.match(compile(codeBlocks(readme)), /^README\.md-3\.ts\(1,\d+\): error TS2305: .*'nothing'/);
});

interface Block {
  /** Of the fence, from 1. */
  readonly line: number;
  readonly code: string;
}

function codeBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    line: markdown.slice(0, match.index).split("\n").length,
    code: match[1],
  }));
}

/** What tsc has to say. The files lie inside the package, so that it finds itself by name. */
function compile(blocks: readonly Block[]): string {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "readme-"));
  try {
    for (const { line, code } of blocks) writeFileSync(join(folder, `README.md-${line}.ts`), code);
    const extended = join(relative(folder, root), "tsconfig.json");
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: extended, include: ["*.ts"] }));
    const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", "."], {
      cwd: folder,
      encoding: "utf8",
    });
    return tsc.stdout.trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
