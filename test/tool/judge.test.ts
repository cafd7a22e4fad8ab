import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { firstFault } from "../../tool/conformance/wire/utf8.ts";
import { type Fault, startBroken } from "./peers/broken.ts";
import { others, resultsOf } from "./tool.ts";

/** The fault, the case that must find it, and what its evidence must say. */
const faults: readonly (readonly [fault: Fault, id: string, seen: RegExp])[] = [
  ["pong", "2.1.3", /Pong "wrong"/],
  ["fragment", "4.1.5", /Text/],
  ["accept", "7.1.1", /Sec-WebSocket-Accept/],
  ["mask", "1.1.2", /masked/],
  ["utf8", "5.4.1", /went on|not UTF-8/],
  ["unmasked", "1.6.1", /went on/],
  ["rsv", "3.1.1", /went on/],
  ["late", "6.1.2", /after a Close frame/],
  ["silent", "6.1.2", /no more in time/],
];

describe("the judge of the conformance tool", { concurrency: 3 }, () => {
  test("finds no fault in a server that has none", async () => {
    const ids = faults.map(([, id]) => id);
    const server = await startBroken("none");
    try {
      const results = await resultsOf(server.port, ids);
      assert.equal(results.length, new Set(ids).size);
      assert.deepEqual(others(results), []);
    } finally {
      server.stop();
    }
  });

  for (const [fault, id, seen] of faults) {
    test(`fails a server with the fault "${fault}" by case ${id}`, async () => {
      const server = await startBroken(fault);
      try {
        const more = ["--timeout-ms", fault === "silent" ? "1500" : "10000"];
        const [result] = await resultsOf(server.port, [id], "/", more);
        assert.equal(result.verdict, "failed", JSON.stringify(result));
        assert.match(result.seen, seen);
        assert.notEqual(result.expected, "");
      } finally {
        server.stop();
      }
    });
  }

  test("calls a server lenient that answers only the latest of several pings", async () => {
    const server = await startBroken("latest");
    try {
      const results = await resultsOf(server.port, ["2.2.1", "2.4.2", "4.4.5"], "/");
      assert.deepEqual(
        results.map(({ verdict }) => verdict),
        ["lenient", "lenient", "lenient"],
        others(results).join("\n"),
      );
    } finally {
      server.stop();
    }
  });

  test("agrees with the platform on what UTF-8 is, for all starts of 3 bytes", () => {
    const strict = new TextDecoder("utf-8", { fatal: true });
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        for (const third of edges) {
          const bytes = Buffer.from([first, second, third, 0x80]);
          let valid = true;
          try {
            strict.decode(bytes);
          } catch {
            valid = false;
          }
          assert.equal(firstFault(bytes) === -1, valid, bytes.toString("hex"));
        }
      }
    }
  });
});

test("the tool imports nothing but itself and Node", () => {
  const root = fileURLToPath(new URL("../../tool/", import.meta.url));
  const files = globSync("**/*.ts", { cwd: root });
  assert.ok(files.length > 30);
  for (const file of files) {
    const source = readFileSync(join(root, file), "utf8");
    for (const [, from] of source.matchAll(/\bfrom "([^"]+)"|\bimport\("/g)) {
      const inside =
        from?.startsWith(".") && !relative(root, resolve(root, dirname(file), from)).startsWith("..");
      assert.ok(
        inside || /^node:(net|crypto|zlib|fs|path|util)$/.test(from ?? ""),
        `${file} imports ${from}`,
      );
    }
  }
});
