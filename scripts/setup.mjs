// Brings a fresh clone to where `npm start` and `npm test` run. Plain JavaScript that needs nothing but Node 20,
// because it runs before anything is installed. It prints what it does, and nothing when nothing is missing.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const runtimes = [
  { name: "node", atLeast: 24 },
  { name: "deno", atLeast: 2 },
  { name: "bun", atLeast: 1 },
];
const wantsTests = process.argv.includes("--test");

// Programs that the tests drive, each of a Debian package of its name; the variable names another in its place.
const programs = [
  { name: "chromium", path: "/usr/bin/chromium", variable: "CHROMIUM" },
  { name: "nginx", path: "/usr/sbin/nginx", variable: "NGINX" },
  { name: "haproxy", path: "/usr/sbin/haproxy", variable: "HAPROXY" },
];
const aptGet = "/usr/bin/apt-get";
// Debian starts a server once it is installed, unless this program forbids it.
const startPolicy = "/usr/sbin/policy-rc.d";

if (Number.parseInt(process.versions.node, 10) < 20) {
  fail(
    `Node ${process.versions.node} runs this script, and 20 is the oldest that can: install Node 20 or newer.`,
  );
}
installPackages();
if (wantsTests) installPrograms();

function installPackages() {
  const stale = staleness();
  const broken = stale ? undefined : brokenRuntime();
  if (!stale && !broken) return;
  const why = stale ?? broken;
  if (npmIgnoresScripts()) {
    fail(
      `${why}, and npm's ignore-scripts is on, so the packages node, deno and bun can't unpack their binaries: ` +
        "run npm ci --ignore-scripts=false",
    );
  }
  say(`Installing packages with npm ci (${why}). This takes about a minute.`);
  npmCi();
  const stillBroken = staleness() ?? brokenRuntime();
  if (stillBroken) {
    fail(
      `npm ci finished, but ${stillBroken}: see that this machine runs that package's binaries, then npm ci.`,
    );
  }
}

/** Says why node_modules is not what package-lock.json asks for, or undefined. */
function staleness() {
  const installedLock = join(modules, ".package-lock.json");
  if (!existsSync(installedLock)) return "node_modules is not there";
  let wanted, installed;
  try {
    wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
  } catch {
    return "node_modules is not complete";
  }
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = installed[path];
    if (!found && !entry.optional && !entry.peer) return `${path} is not installed`;
    if (found && found.version !== entry.version) {
      return `${path} is ${found.version} and package-lock.json says ${entry.version}`;
    }
  }
}

/** Says which runtime does not run, or undefined. */
function brokenRuntime() {
  for (const { name, atLeast } of runtimes) {
    const run = spawnSync(join(modules, ".bin", name), ["--version"], { encoding: "utf8", timeout: 60_000 });
    if (run.status !== 0) return `node_modules/.bin/${name} does not run`;
    const version = /\d+(\.\d+)+/.exec(run.stdout)?.[0] ?? "";
    if (!(Number.parseInt(version, 10) >= atLeast)) {
      return `node_modules/.bin/${name} is version ${version} and ${atLeast} or newer is needed`;
    }
  }
}

function npmIgnoresScripts() {
  const run = npm(["config", "get", "ignore-scripts"], { encoding: "utf8" });
  return run.status === 0 && run.stdout.trim() === "true";
}

function npmCi() {
  const run = npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdio: "inherit" });
  if (run.status !== 0) fail(`npm ci failed (${ending(run)}): what it printed above says why.`);
}

// npm's scripts put node_modules/.bin first in PATH; there is a node in it that npm ci is about to replace.
function npm(args, options) {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(modules));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const ownNpm = process.env.npm_execpath;
  const [command, first] = ownNpm?.endsWith(".js") ? ["node", [ownNpm]] : ["npm", []];
  return spawnSync(command, [...first, ...args], { cwd: root, env, ...options });
}

function installPrograms() {
  for (const { variable } of programs) {
    const chosen = process.env[variable];
    if (chosen && !runnable(chosen)) fail(`${variable} is ${chosen}, which is no program that can be run.`);
  }
  const missing = programs.filter(({ path, variable }) => !process.env[variable] && !runnable(path));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const remedy =
    `install Debian's ${packages(names)}, or set ${missing.map(({ variable }) => variable).join(", ")} to ` +
    "where they are (npm run test:quick needs none)";
  if (process.getuid?.() !== 0 || !runnable(aptGet)) {
    fail(`The tests need ${names.join(", ")}, which only root can install here: ${remedy}.`);
  }
  say(`Installing Debian's ${packages(names)} with apt-get, for the tests. This takes about a minute.`);
  withoutStarting(() => {
    for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...names]]) {
      const run = spawnSync(aptGet, ["-q", ...args], {
        encoding: "utf8",
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
      if (run.status !== 0) {
        process.stderr.write(`${run.stdout ?? ""}${run.stderr ?? ""}`);
        fail(`apt-get ${args[0]} failed (${ending(run)}): ${remedy}.`);
      }
    }
  });
  const lacking = missing.filter(({ path }) => !runnable(path));
  if (lacking.length > 0)
    fail(`apt-get brought no ${lacking.map(({ path }) => path).join(", ")}: ${remedy}.`);
}

function packages(names) {
  return names.length === 1 ? `package ${names[0]}` : `packages ${names.join(", ")}`;
}

/** The tests start the servers that they need; one that Debian starts would stay, and hold its ports. */
function withoutStarting(install) {
  if (existsSync(startPolicy)) return install();
  // Whatever ends this script takes it away again.
  process.once("exit", () => rmSync(startPolicy, { force: true }));
  writeFileSync(startPolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  install();
}

function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function ending(run) {
  return run.error?.message ?? (run.signal ? `ended by ${run.signal}` : `exit code ${run.status}`);
}

function say(line) {
  console.log(`setup: ${line}`);
}

function fail(line) {
  console.error(`setup: ${line}`);
  process.exit(1);
}
