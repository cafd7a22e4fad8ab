import type { Workload } from "./workload.ts";

/** One comparison: a workload, and the servers that run it. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly workload: Workload;
  /** What the table counts: what a frame that reaches the load is. */
  readonly unit: "message" | "delivery";
}

/** What `npm run bench` measures. A further row is a further record. */
export const rows: readonly Row[] = [
  {
    name: "echo-64-one",
    title: "text echo of 64 B, 64 connections, 1 in flight on each",
    workload: { kind: "echo", payloadBytes: 64, connections: 64, inFlight: 1 },
    unit: "message",
  },
  {
    name: "echo-64-32",
    title: "text echo of 64 B, 64 connections, 32 in flight on each",
    workload: { kind: "echo", payloadBytes: 64, connections: 64, inFlight: 32 },
    unit: "message",
  },
  {
    name: "echo-16k-2",
    title: "text echo of 16 KiB, 64 connections, 2 in flight on each",
    workload: { kind: "echo", payloadBytes: 16_384, connections: 64, inFlight: 2 },
    unit: "message",
  },
  {
    name: "fan-1000-16",
    title: "fan-out of 64 B from 1 to 1,000 connections, 16 in flight",
    workload: { kind: "fan", payloadBytes: 64, connections: 1_000, inFlight: 16 },
    unit: "delivery",
  },
];
