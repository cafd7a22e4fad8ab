import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Command, type Ended, root } from "./command.ts";

const lock = (version: string) => JSON.stringify({ packages: { "": {}, "node_modules/a": { version } } });

describe("setup", () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), "wirehall-setup-"));
    for (const folder of ["scripts", "bin"]) mkdirSync(join(clone, folder));
    copyFileSync(join(root, "scripts/setup.mjs"), join(clone, "scripts/setup.mjs"));
    writeFileSync(join(clone, "package-lock.json"), lock("1.0.0"));
    program("bin/node", `exec "${process.execPath}" "$@"`);
    npmThat("install");
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  test("prints nothing where nothing is missing", async () => {
    const { code, out, err } = await new Command(process.execPath, ["scripts/setup.mjs"]).ended;
    assert.deepEqual({ code, out, err }, { code: 0, out: "", err: "" });
  });

  test("installs in a fresh clone, says so, and does nothing the second time", async () => {
    const first = await setup();
    assert.equal(first.code, 0, first.err);
    assert.match(
      first.out,
      /^setup: Installing packages with npm ci \(node_modules is not there\)\.[^\n]*\n$/,
    );
    const second = await setup();
    assert.deepEqual([second.code, second.out, second.err], [0, "", ""]);
    assert.equal(readFileSync(join(clone, "npm.log"), "utf8").match(/^ci /gm)?.length, 1);
  });

  test("installs again when the lock file names another version", async () => {
    await setup();
    writeFileSync(join(clone, "package-lock.json"), lock("2.0.0"));
    const { code, out } = await setup();
    assert.equal(code, 0);
    assert.match(out, /node_modules\/a is 1\.0\.0 and package-lock\.json says 2\.0\.0/);
  });

  test("installs again when a runtime does not run", async () => {
    await setup();
    rmSync(join(clone, "node_modules/.bin/deno"));
    const { code, out } = await setup();
    assert.equal(code, 0);
    assert.match(out, /node_modules\/\.bin\/deno does not run/);
  });

  test("installs again when a runtime is too old", async () => {
    await setup();
    program("node_modules/.bin/node", "echo v20.1.0");
    const { code, out } = await setup();
    assert.equal(code, 0);
    assert.match(out, /node_modules\/\.bin\/node is version 20\.1\.0 and 24 or newer is needed/);
  });

  test("says in one line what to run when npm may not run install scripts", async () => {
    npmThat("install", true);
    const { code, out, err } = await setup();
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^setup: [^\n]*ignore-scripts is on[^\n]*run npm ci --ignore-scripts=false\n$/);
    assert.ok(!existsSync(join(clone, "node_modules")));
  });

  test("says in one line that npm ci failed, after what npm printed", async () => {
    npmThat("fail");
    const { code, err } = await setup();
    assert.equal(code, 1);
    assert.match(err, /^npm's own words\nsetup: npm ci failed \(exit code 7\)[^\n]*\n$/);
  });

  test("says in one line that CHROMIUM is no program", async () => {
    await setup();
    const { code, err } = await setup(["--test"], { CHROMIUM: "/nowhere/chromium" });
    assert.equal(code, 1);
    assert.match(err, /^setup: CHROMIUM is \/nowhere\/chromium, which is no program that can be run\.\n$/);
  });

  test("takes the Chromium that CHROMIUM names", async () => {
    await setup();
    const { code, out, err } = await setup(["--test"], { CHROMIUM: process.execPath });
    assert.deepEqual([code, out, err], [0, "", ""]);
  });

  function setup(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const path = `${join(clone, "bin")}:/usr/bin:/bin`;
    return new Command(process.execPath, ["scripts/setup.mjs", ...args], {
      cwd: clone,
      env: { PATH: path, npm_execpath: undefined, CHROMIUM: undefined, ...env },
    }).ended;
  }

  /** An npm that makes node_modules as the lock file says, or fails. */
  function npmThat(does: "install" | "fail", ignoresScripts = false): void {
    const runtimes = ["node", "deno", "bun"].map(
      (name) =>
        `printf '#!/bin/sh\\necho v99.0.0\\n' >node_modules/.bin/${name}; chmod +x node_modules/.bin/${name}`,
    );
    const ci =
      does === "fail"
        ? `echo "npm's own words" >&2; exit 7`
        : `rm -rf node_modules; mkdir -p node_modules/.bin; cp package-lock.json node_modules/.package-lock.json; ${runtimes.join("; ")}`;
    program(
      "bin/npm",
      `echo "$@" >>npm.log\ncase $1 in\nconfig) echo ${ignoresScripts} ;;\nci) ${ci} ;;\nesac`,
    );
  }

  function program(path: string, script: string): void {
    writeFileSync(join(clone, path), `#!/bin/sh\n${script}\n`);
    chmodSync(join(clone, path), 0o755);
  }
});
