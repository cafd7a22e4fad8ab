/** What the load sends to every server of a row, and what it expects back. */
export interface Workload {
  /** `echo`: each connection hears its own messages. `fan`: one connection sends, and all of them hear it. */
  readonly kind: "echo" | "fan";
  readonly payloadBytes: number;
  readonly connections: number;
  /** Messages without an answer yet: of each connection for `echo`, of the one that sends for `fan`. */
  readonly inFlight: number;
}

/** Where a server takes the WebSockets of a workload. */
export function pathOf(workload: Workload): string {
  return `/${workload.kind}`;
}

/** How many frames the load hears for each message that it sends. */
export function receiversOf(workload: Workload): number {
  return workload.kind === "fan" ? workload.connections : 1;
}

/** The text of every message, as bytes: printable ASCII that does not repeat within a word. */
export function payloadOf(workload: Workload): Buffer {
  const payload = Buffer.alloc(workload.payloadBytes);
  for (let index = 0; index < payload.length; index++) payload[index] = 32 + ((index * 7) % 95);
  return payload;
}
