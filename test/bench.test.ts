import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const main = join(import.meta.dirname, "../bench/main.ts");
const folder = mkdtempSync(join(tmpdir(), "wirehall-bench-"));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Row {
  readonly name: string;
  readonly workload: { readonly connections: number; readonly inFlight: number };
  readonly lines: readonly Line[];
}

interface Line {
  readonly name: string;
  readonly against: Readonly<Record<string, unknown>>;
  readonly trials: readonly { readonly sent: number; readonly received: number; readonly expected: number }[];
}

test("the bench's servers send back what they were sent, and --json has it", async () => {
  const json = join(folder, "results.json");
  const { code, output } = await bench(["--quick", "--row", "echo-64-32", "--json", json]);
  assert.equal(code, 0, output);

  const { rows } = JSON.parse(readFileSync(json, "utf8")) as { rows: Row[] };
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["echo-64-32"],
  );
  const [{ workload, lines }] = rows;
  assert.deepEqual(
    lines.map(({ name }) => name),
    ["raw", "ws", "wirehall"],
  );
  for (const { name, against, trials } of lines) {
    assert.equal(trials.length, 1);
    const [{ sent, received, expected }] = trials;
    assert.ok(sent >= workload.connections * workload.inFlight, `${name} was sent ${sent}`);
    assert.equal(expected, sent);
    assert.equal(received, expected, `${name} lost messages`);
    assert.deepEqual(Object.keys(against), ["raw", "ws"]);
  }
});

test("the bench says which rows there are when it is asked for another", async () => {
  const { code, output } = await bench(["--row", "nothing"]);
  assert.equal(code, 2);
  assert.match(output, /^bench: no row is named "nothing": there are echo-64-one, .*\n$/);
});

function bench(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
