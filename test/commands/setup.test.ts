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
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Command, type Ended, root } from "./command.ts";

const lock = (version: string) => JSON.stringify({ packages: { "": {}, "node_modules/a": { version } } });

/** What the tests drive, by the variable that names another in its place. */
const programs = { CHROMIUM: "usr/bin/chromium", NGINX: "usr/sbin/nginx", HAPROXY: "usr/sbin/haproxy" };
const unset = Object.fromEntries(Object.keys(programs).map((variable) => [variable, undefined]));
const aptGet = "usr/bin/apt-get";
const policy = "usr/sbin/policy-rc.d";

describe("setup", () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), "wirehall-setup-"));
    for (const folder of ["scripts", "bin", "usr/bin", "usr/sbin"]) {
      mkdirSync(join(clone, folder), { recursive: true });
    }
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

  for (const [variable, path] of Object.entries(programs)) {
    test(`says in one line that ${variable} is no program`, async () => {
      await setup();
      const { code, err } = await setup(["--test"], { [variable]: "/nowhere/it" });
      assert.equal(code, 1);
      assert.equal(err, `setup: ${variable} is /nowhere/it, which is no program that can be run.\n`);
    });

    test(`takes the program that ${variable} names, and Debian's for the others`, async () => {
      debian();
      for (const other of Object.values(programs)) if (other !== path) program(other, "");
      await setup();
      const { code, out, err } = await setup(["--test"], { [variable]: process.execPath });
      assert.deepEqual([code, out, err], [0, "", ""]);
    });
  }

  test("installs the Debian packages that are missing, in one go, and none the second time", async () => {
    debian();
    program(programs.CHROMIUM, "");
    await setup();
    const first = await setup(["--test"]);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /^setup: Installing Debian's packages nginx, haproxy with apt-get[^\n]*\n$/);
    const asked = readFileSync(join(clone, "apt.log"), "utf8");
    assert.equal(asked, "-q update\n-q install -y --no-install-recommends nginx haproxy\n");
    const second = await setup(["--test"]);
    assert.deepEqual([second.code, second.out, second.err], [0, "", ""]);
  });

  for (const own of [false, true]) {
    const whose = own ? "the machine's own policy stays" : "a policy that lasts as long as the installation";
    test(`forbids Debian to start the servers that it installs: ${whose}`, async () => {
      debian();
      if (own) program(policy, "exit 100");
      await setup();
      assert.equal((await setup(["--test"])).code, 0);
      assert.deepEqual(readFileSync(join(clone, "policy.log"), "utf8").split("\n", 1), [own ? "100" : "101"]);
      assert.equal(existsSync(join(clone, policy)), own);
    });
  }

  test("says in one line that apt-get failed, after what it printed, and leaves no policy", async () => {
    debian();
    program(aptGet, 'echo "apt\'s own words" >&2; exit 100');
    await setup();
    const { code, err } = await setup(["--test"]);
    assert.equal(code, 1);
    assert.match(err, /^apt's own words\nsetup: apt-get update failed \(exit code 100\)[^\n]*\n$/);
    assert.equal(existsSync(join(clone, policy)), false);
  });

  test("says in one line what to install where only root can", async () => {
    debian("1000");
    program(programs.NGINX, "");
    await setup();
    const { code, out, err } = await setup(["--test"]);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(
      err,
      /^setup: The tests need chromium, haproxy, which only root can install here: [^\n]* set CHROMIUM, HAPROXY to [^\n]*\n$/,
    );
    assert.equal(existsSync(join(clone, "apt.log")), false);
  });

  function setup(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const path = `${join(clone, "bin")}:/usr/bin:/bin`;
    return new Command(process.execPath, ["scripts/setup.mjs", ...args], {
      cwd: clone,
      env: { PATH: path, npm_execpath: undefined, ...unset, ...env },
    }).ended;
  }

  /** A Debian in the clone, without the programs; its apt-get notes what it was asked for, and brings them. */
  function debian(user = "0"): void {
    const script = readFileSync(join(root, "scripts/setup.mjs"), "utf8")
      .replaceAll(/"\/usr\//g, `"${clone}/usr/`)
      .replace("process.getuid?.()", user);
    writeFileSync(join(clone, "scripts/setup.mjs"), script);
    const bring = `for name; do case $name in
chromium) to=usr/bin ;; nginx|haproxy) to=usr/sbin ;; *) continue ;; esac
printf '#!/bin/sh\\n' >"$to/$name"; chmod +x "$to/$name"; done`;
    program(aptGet, `cd "${clone}"; echo "$@" >>apt.log; sh ${policy}; echo $? >>policy.log\n${bring}`);
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
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), `#!/bin/sh\n${script}\n`);
    chmodSync(join(clone, path), 0o755);
  }
});
