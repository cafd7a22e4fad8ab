import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { casesFor } from "../../tool/conformance/cases/all.ts";
import { Command } from "../commands/command.ts";
import { startBroken } from "./peers/broken.ts";
import { startWsEcho } from "./peers/ws-echo.ts";
import { main, runTool } from "./tool.ts";

describe("the command", { concurrency: 3 }, () => {
  const refusals: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["ws://127.0.0.1:1/"], /cannot connect to ws:\/\/127\.0\.0\.1:1\//],
    [["http://localhost/"], /no URL like ws:/],
    [["wss://localhost/"], /no TLS/],
    [[], /give the URL/],
    [["ws://localhost/", "ws://localhost/"], /one URL/],
    [["ws://localhost/", "--listen", "0"], /either a URL or --listen/],
    [["--listen", "65536"], /a port from 0 to 65535/],
    [["ws://localhost/", "--only", "99"], /no case has that number/],
    [["ws://localhost/", "--only", "5.4", "--only", "nothing"], /--only nothing: no case/],
    [["ws://localhost/", "--timeout-ms", "soon"], /milliseconds/],
    [["ws://localhost/", "--concurrency", "0"], /a number from 1 to 256/],
    [["ws://localhost/", "--allow", "failed"], /only lenient/],
    [["ws://localhost/", "--verbose"], /Unknown option '--verbose'/],
    [
      ["ws://localhost/", "--html", "/no/such/folder/report.html"],
      /--html \/no\/such\/folder\/report.html: .*ENOENT/,
    ],
    [["ws://localhost/", "--html", tmpdir()], /this is a folder/],
  ];
  for (const [args, says] of refusals) {
    test(`ends with 2 and one line for ${args.join(" ") || "no arguments"}`, async () => {
      const { status, out, err } = await runTool(args);
      assert.equal(status, 2);
      assert.match(err, says);
      assert.equal(err.trim().split("\n").length, 1, err);
      assert.equal(out, "");
    });
  }

  test("lists cases by group, each with its source, and connects to nothing", async () => {
    const { status, out } = await runTool(["--list", "--only", "utf8"]);
    assert.equal(status, 0);
    const lines = out.trim().split("\n");
    assert.equal(lines.length, casesFor("server").filter(({ group }) => group === "utf8").length);
    for (const line of lines) assert.match(line, /^5\.\d+\.\d+ +utf8 +\S.*\(RFC 6455, [\d.]+\)$/);
  });

  test("says that a port is taken, where it is", async () => {
    const server = await startBroken("none");
    try {
      const { status, err } = await runTool(["--listen", `${server.port}`]);
      assert.deepEqual(
        [status, err],
        [2, `wirehall conformance: --listen ${server.port}: the port is in use\n`],
      );
    } finally {
      server.stop();
    }
  });
});

describe("a run", { concurrency: 3 }, () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startWsEcho>>;
  let url: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wirehall-command-"));
    server = await startWsEcho(true);
    url = `ws://127.0.0.1:${server.port}/`;
  });
  after(() => {
    server.stop();
    rmSync(folder, { recursive: true });
  });

  test("takes the cases of all --only together, each once and in order", async () => {
    const { report } = await runTool([
      url,
      "--only",
      "pings",
      "--only",
      "2.1",
      "--only",
      "1.6.7",
      "--only",
      "1.6",
    ]);
    const ids = report?.results.map(({ id }) => id);
    const wanted = casesFor("server").filter(({ id }) => id.startsWith("2.") || id.startsWith("1.6."));
    assert.deepEqual(
      ids,
      wanted.map(({ id }) => id),
    );
  });

  test("ends with 0 where all is strict, and with 1 where something is lenient and not allowed", async () => {
    assert.equal((await runTool([url, "--only", "2.1"])).status, 0);
    assert.equal((await runTool([url, "--only", "1.4.1"])).status, 1);
    assert.equal((await runTool([url, "--only", "1.4.1", "--allow", "lenient"])).status, 0);
    const { status, out } = await runTool([url, "--only", "7.2.5", "--allow", "lenient"]);
    assert.equal(status, 1);
    assert.match(out, /1 cases? in .*: 1 failed/);
  });

  test("writes all results as JSON, and as a page that loads nothing", async () => {
    const page = join(folder, "report.html");
    const { report } = await runTool([url, "--only", "1.4", "--only", "2.1", "--html", page]);
    assert.ok(report !== undefined);
    assert.equal(report.subject, url);
    assert.deepEqual(report.counts, {
      strict: 12,
      lenient: 8,
      informational: 0,
      unimplemented: 0,
      failed: 0,
    });
    const html = readFileSync(page, "utf8");
    for (const { id, title, quote } of report.results) {
      assert.ok(html.includes(`id="c${id}"`));
      assert.ok(html.includes(title), title);
      assert.deepEqual(Object.keys(quote), ["source", "text"]);
    }
    assert.doesNotMatch(html, /<(script|link|img|iframe)|url\(|src=/);
  });

  test("that is interrupted tells what it has seen, writes no report, and ends with 130", async () => {
    const json = join(folder, "interrupted.json");
    const tool = new Command(process.execPath, [main, "conformance", url, "--json", json]);
    const all = casesFor("server").length;
    await tool.line(new RegExp(`^\\d+ of ${all}: `));
    const { code, out, err } = await tool.stop("SIGINT");
    assert.deepEqual([code, err], [130, ""]);
    const [, done, of] = /\ninterrupted after (\d+) of (\d+) cases; no report was written\n$/.exec(out) ?? [];
    assert.ok(Number(done) >= all / 10 && Number(done) < all && Number(of) === all, out);
    assert.match(out, new RegExp(`\nall .* ${done}\n`));
    assert.ok(!existsSync(json));
  });

  test("that waits for a client can be interrupted too", async () => {
    const tool = new Command(process.execPath, [main, "conformance", "--listen", "0"]);
    await tool.line(/\/count/);
    const { code, out } = await tool.stop("SIGINT");
    assert.equal(code, 130);
    assert.match(out, /\ninterrupted after 0 of \d+ cases\n$/);
  });

  test("ends in silence when nobody reads on", async () => {
    const line = `"${process.execPath}" "${main}" conformance ${url} --only 1.4 | head -1`;
    const { out, err } = await new Command("sh", ["-c", line]).ended;
    assert.match(out, /^.+\n$/);
    assert.equal(err, "");
  });
});
