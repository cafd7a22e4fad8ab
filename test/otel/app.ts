import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { websocket } from "wirehall";
import { otelMetrics } from "wirehall/otel";
import { serve } from "wirehall/serve";

/** A server whose numbers Prometheus may collect on a port of their own; it prints both addresses. */
const exporter = new PrometheusExporter({ preventServerStart: true });
const provider = new MeterProvider({ readers: [exporter] });
const scraped = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
await new Promise<void>((resolve) => scraped.listen(0, "127.0.0.1", resolve));
const { port: metricsPort } = scraped.address() as AddressInfo;

const gate = Promise.withResolvers<void>();
const echo = websocket({ message: (connection, data) => connection.send(data) });
const held = websocket({ upgrade: () => gate.promise });

export default serve({
  hostname: "127.0.0.1",
  port: 0,
  transport: process.env.TRANSPORT as "codec" | "native",
  limits: { maxConnections: 3 },
  metrics: otelMetrics(provider.getMeter("wirehall")),
  log() {},
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/held") return await held(request);
    if (pathname === "/release") gate.resolve();
    return pathname === "/echo" ? await echo(request) : new Response("plain\n", { status: 404 });
  },
  onListen: ({ port, url }) => console.log(`FIXTURE ${port} ${url}\nhttp://127.0.0.1:${metricsPort}/metrics`),
});
process.stdin.on("end", () => process.exit());
process.stdin.resume();
