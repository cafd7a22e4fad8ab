import type { Attributes, Meter } from "@opentelemetry/api";
import type { Gauges, Metrics, TimedHook } from "../endpoint/metrics.ts";
import type { RefusalReason } from "../endpoint/refusal.ts";

/** How many close codes are told apart: peers choose them, and each is a series. */
const MAX_CLOSE_CODES = 64;

/** Bounds of the buckets in which the time of hooks is counted [s]. */
const HOOK_SECONDS = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

// Made once: what is counted per message must not allocate.
const RECEIVED: Attributes = { "network.io.direction": "receive" };
const SENT: Attributes = { "network.io.direction": "transmit" };
const OTHER_CODES: Attributes = { "wirehall.close.code": "other" };

/**
 * Makes of an OpenTelemetry meter a sink for `serve({ metrics })`.
 *
 * | instrument                  | kind            | unit           | attribute                 |
 * | --------------------------- | --------------- | -------------- | ------------------------- |
 * | `wirehall.connections`      | up-down counter | `{connection}` |                           |
 * | `wirehall.handshakes`       | up-down counter | `{handshake}`  |                           |
 * | `wirehall.messages`         | counter         | `{message}`    | `network.io.direction`    |
 * | `wirehall.io`               | counter         | `By`           | `network.io.direction`    |
 * | `wirehall.buffered`         | up-down counter | `By`           |                           |
 * | `wirehall.closes`           | counter         | `{close}`      | `wirehall.close.code`     |
 * | `wirehall.refusals`         | counter         | `{refusal}`    | `wirehall.refusal.reason` |
 * | `wirehall.handler.duration` | histogram       | `s`            | `wirehall.handler.hook`   |
 *
 * Handshakes and buffered bytes are asked for when somebody collects.
 */
export function otelMetrics(meter: Meter): Metrics {
  const connections = meter.createUpDownCounter("wirehall.connections", {
    unit: "{connection}",
    description: "Open WebSockets.",
  });
  const messages = meter.createCounter("wirehall.messages", {
    unit: "{message}",
    description: "Messages of WebSockets, by direction.",
  });
  const io = meter.createCounter("wirehall.io", {
    unit: "By",
    description: "Bytes of messages, without frames and decompressed, by direction.",
  });
  const closes = meter.createCounter("wirehall.closes", {
    unit: "{close}",
    description: "WebSockets that ended, by close code.",
  });
  const refusals = meter.createCounter("wirehall.refusals", {
    unit: "{refusal}",
    description: "Handshakes that were refused and WebSockets that a limit cut off, by reason.",
  });
  const duration = meter.createHistogram("wirehall.handler.duration", {
    unit: "s",
    description: "Time until a handler's hook returned or its promise settled, by hook.",
    advice: { explicitBucketBoundaries: HOOK_SECONDS },
  });
  const codes = new Map<number, Attributes>();
  const reasons = new Map<RefusalReason, Attributes>();
  const hooks = new Map<TimedHook, Attributes>();
  const servers: Gauges[] = [];
  observe(meter, servers);
  return {
    connectionOpened: () => connections.add(1),
    connectionClosed(code) {
      connections.add(-1);
      closes.add(1, remember(codes, code, "wirehall.close.code", MAX_CLOSE_CODES) ?? OTHER_CODES);
    },
    messageReceived(bytes) {
      messages.add(1, RECEIVED);
      io.add(bytes, RECEIVED);
    },
    messageSent(bytes) {
      messages.add(1, SENT);
      io.add(bytes, SENT);
    },
    refused: (reason) => refusals.add(1, remember(reasons, reason, "wirehall.refusal.reason")),
    hookSettled: (hook, ms) => duration.record(ms / 1000, remember(hooks, hook, "wirehall.handler.hook")),
    observe: (gauges) => void servers.push(gauges),
  };
}

/** What is asked of the servers when somebody collects. */
function observe(meter: Meter, servers: readonly Gauges[]): void {
  const handshakes = meter.createObservableUpDownCounter("wirehall.handshakes", {
    unit: "{handshake}",
    description: "Handshakes in flight.",
  });
  const buffered = meter.createObservableUpDownCounter("wirehall.buffered", {
    unit: "By",
    description: "Bytes that were sent and have not left the process, of all WebSockets.",
  });
  meter.addBatchObservableCallback(
    (result) => {
      result.observe(handshakes, sum(servers, "handshakes"));
      result.observe(buffered, sum(servers, "bufferedBytes"));
    },
    [handshakes, buffered],
  );
}

function sum(servers: readonly Gauges[], name: keyof Gauges): number {
  return servers.reduce((total, gauges) => total + gauges[name], 0);
}

/** The attributes for a value, made once; undefined for a further one where there are `most` of them. */
function remember<K extends string | number>(
  known: Map<K, Attributes>,
  value: K,
  name: string,
  most: number = Number.POSITIVE_INFINITY,
): Attributes | undefined {
  const attributes = known.get(value);
  if (attributes !== undefined || known.size >= most) return attributes;
  const made: Attributes = { [name]: value };
  known.set(value, made);
  return made;
}
