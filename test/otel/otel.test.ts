import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { echoOf, open, run } from "../serve/program.ts";

const app = fileURLToPath(new URL("./app.ts", import.meta.url));

/** The samples of a page in Prometheus's text format, by name and labels; those of the exporter itself left out. */
async function scrape(url: string): Promise<Record<string, number>> {
  const page = await (await fetch(url, { headers: { connection: "close" } })).text();
  const samples = page.split("\n").filter((line) => line.startsWith("wirehall_"));
  return Object.fromEntries(
    samples.map((line) => {
      const {
        name,
        labels = "",
        value,
      } = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)/.exec(line)?.groups ?? {};
      const own = labels.split(",").filter((label) => !label.startsWith("otel_scope"));
      return [own.join() === "" ? name : `${name}{${own.join()}}`, Number(value)];
    }),
  );
}

/** Scrapes until it is as wanted: what a server counts when a peer goes comes a little later. */
async function scrapeUntil(
  url: string,
  wanted: (samples: Record<string, number>) => boolean,
): Promise<Record<string, number>> {
  for (const start = performance.now(); ; ) {
    const samples = await scrape(url);
    if (wanted(samples)) return samples;
    if (performance.now() - start > 20_000) assert.fail(`the numbers stay at ${JSON.stringify(samples)}`);
  }
}

/** The status of an upgrade that is refused. */
async function refused(url: string): Promise<unknown> {
  return await open(url).then(
    () => assert.fail("the upgrade was accepted"),
    (error: Error) => error.message,
  );
}

describe("wirehall/otel", { concurrency: true }, () => {
  for (const { runtime, transports, command } of [node, deno, bun]) {
    for (const transport of transports) {
      test(`what a server on ${runtime}/${transport} did is what Prometheus collects`, async () => {
        const program = await run(command(app), { TRANSPORT: transport });
        try {
          const url = await program.line();
          const [first, second] = [await open(`${program.url}/echo`), await open(`${program.url}/echo`)];
          const third = open(`${program.url}/held`);
          await scrapeUntil(url, ({ wirehall_handshakes }) => wirehall_handshakes === 1);
          assert.match(String(await refused(`${program.url}/echo`)), /503/);
          assert.match(String(await refused(`${program.url}/nowhere`)), /503/);
          await fetch(`${program.url}/release`);
          (await third).close(3000);
          await once(await third, "close");
          assert.equal(await echoOf(first, "12345"), "12345");
          assert.equal(await echoOf(second, "€"), "€");
          await scrapeUntil(url, ({ wirehall_connections }) => wirehall_connections === 2);
          assert.match(String(await refused(`${program.url}/nowhere`)), /404/);
          first.close(4001);
          await once(first, "close");

          const samples = await scrapeUntil(url, ({ wirehall_connections }) => wirehall_connections === 1);
          const direction = (name: string, way: string) => samples[`${name}{network_io_direction="${way}"}`];
          const seen = {
            connections: samples.wirehall_connections,
            handshakes: samples.wirehall_handshakes,
            buffered: samples.wirehall_buffered,
            received: direction("wirehall_messages_total", "receive"),
            sent: direction("wirehall_messages_total", "transmit"),
            receivedBytes: direction("wirehall_io_total", "receive"),
            sentBytes: direction("wirehall_io_total", "transmit"),
            full: samples['wirehall_refusals_total{wirehall_refusal_reason="connections"}'],
            app: samples['wirehall_refusals_total{wirehall_refusal_reason="app"}'],
            closes3000: samples['wirehall_closes_total{wirehall_close_code="3000"}'],
            closes4001: samples['wirehall_closes_total{wirehall_close_code="4001"}'],
            upgrades: samples['wirehall_handler_duration_count{wirehall_handler_hook="upgrade"}'],
            messages: samples['wirehall_handler_duration_count{wirehall_handler_hook="message"}'],
            slowest: samples['wirehall_handler_duration_bucket{wirehall_handler_hook="message",le="+Inf"}'],
          };
          assert.deepEqual(seen, {
            connections: 1,
            handshakes: 0,
            buffered: 0,
            received: 2,
            sent: 2,
            receivedBytes: 8,
            sentBytes: 8,
            full: 2,
            app: 1,
            closes3000: 1,
            closes4001: 1,
            upgrades: 1,
            messages: 2,
            slowest: 2,
          });
          second.terminate();
        } finally {
          await program.stop();
        }
      });
    }
  }
});
