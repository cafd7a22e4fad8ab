import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { startWsEcho } from "./peers/ws-echo.ts";
import { others, resultsOf } from "./tool.ts";

/** What is known of real servers: a tool that does not see it is wrong. */
describe("npm ws 8.23", () => {
  let server: Awaited<ReturnType<typeof startWsEcho>>;
  before(async () => {
    server = await startWsEcho(true);
  });
  after(() => server.stop());

  test("closes a message of 4 MiB in fragments of 64 octets with 1008, its fragment limit", async () => {
    const [text, binary] = await resultsOf(server.port, ["8.2.1", "8.2.7"]);
    for (const { verdict, seen } of [text, binary]) {
      assert.equal(verdict, "unimplemented");
      assert.match(seen, /Close 1008/);
    }
  });

  test("takes the same message in larger fragments", async () => {
    assert.deepEqual(others(await resultsOf(server.port, ["8.2.3", "8.2.9"])), []);
  });

  test("fails on invalid UTF-8 with 1007, but only when the message is whole", async () => {
    const whole = await resultsOf(server.port, ["5.4"]);
    assert.deepEqual(others(whole), []);
    const early = await resultsOf(server.port, ["5.5.1", "5.5.15", "5.6.1"]);
    assert.deepEqual(
      early.map(({ verdict }) => verdict),
      ["lenient", "lenient", "lenient"],
    );
  });

  test("compresses as the standard says, but loses what is behind a block with BFINAL", async () => {
    const results = await resultsOf(server.port, ["10.3", "10.4"]);
    const [first, ...more] = others(results);
    assert.match(first, /^failed 10\.4\.15 .*\(400 bytes\)$/);
    assert.deepEqual(more, []);
  });
});

describe("a runtime's own WebSocket", () => {
  const running: FixtureProcess[] = [];
  after(() => Promise.all(running.map((fixture) => fixture.stop())));
  const start = async (
    ...[runtime, more = []]: [Parameters<typeof startFixture>[0], string[]?]
  ): Promise<number> => {
    const fixture = await startFixture(runtime, "native", ["--max-message-bytes", "16777216", ...more]);
    running.push(fixture);
    return fixture.port;
  };

  test("Deno has no compression, and echoes a close frame of 126 octets", async () => {
    const port = await start("deno");
    const [offer] = await resultsOf(port, ["9.1.1"]);
    assert.equal(offer.verdict, "unimplemented", JSON.stringify(offer));
    const [close] = await resultsOf(port, ["6.4.2"]);
    assert.equal(close.verdict, "failed", JSON.stringify(close));
    assert.match(close.seen, /126/);
  });

  test("Bun declines a server_max_window_bits below its own, and compresses otherwise", async () => {
    const port = await start("bun", ["--compress"]);
    const [plain, bits] = await resultsOf(port, ["9.1.1", "9.1.12"]);
    assert.equal(plain.verdict, "strict", JSON.stringify(plain));
    assert.equal(bits.verdict, "unimplemented", JSON.stringify(bits));
    assert.match(bits.seen, /declined/);
  });

  test("workerd does not check UTF-8, and answers a ping of 126 octets", async () => {
    const port = await start("workers");
    const text = await resultsOf(port, ["5.4.10", "5.4.15", "5.4.22"]);
    assert.deepEqual(
      text.map(({ verdict }) => verdict),
      ["failed", "failed", "failed"],
    );
    const [ping] = await resultsOf(port, ["2.5.1"]);
    assert.equal(ping.verdict, "failed", JSON.stringify(ping));
    assert.match(ping.seen, /126/);
  });
});
