import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { pathOf, payloadOf } from "../workload.ts";
import { type Reading, read } from "./meter.ts";
import type { Order, Trial } from "./order.ts";
import { Peer } from "./peer.ts";
import { Traffic } from "./traffic.ts";

// The load: one process for all servers, so that they all meet the same warm code.

const OPENING_AT_ONCE = 64;
const PATIENCE_MS = 10_000;

for await (const line of createInterface(process.stdin)) {
  let answer: object;
  try {
    answer = await run(JSON.parse(line));
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();

async function run(order: Order): Promise<Trial> {
  const peers: Peer[] = [];
  try {
    await within("connecting", open(order, peers));
    const failure = new Promise<never>((_, reject) => {
      for (const peer of peers) peer.onFailure = reject;
    });
    return await Promise.race([measure(order, peers), failure]);
  } finally {
    for (const peer of peers) peer.end();
  }
}

async function open({ workload, port }: Order, peers: Peer[]): Promise<void> {
  const payload = payloadOf(workload);
  while (peers.length < workload.connections) {
    const count = Math.min(OPENING_AT_ONCE, workload.connections - peers.length);
    const some = Array.from({ length: count }, () => new Peer(port, pathOf(workload), payload));
    peers.push(...some);
    await Promise.all(some.map((peer) => peer.opened));
  }
}

async function measure(order: Order, peers: readonly Peer[]): Promise<Trial> {
  const traffic = new Traffic(order.workload, peers);
  traffic.start();
  await sleep(order.warmUpMs);
  const before = read(order.pid, order.core);
  const heard = traffic.received;
  await sleep(order.measureMs);
  const after = read(order.pid, order.core);
  const frames = traffic.received - heard;
  await within("waiting for the last messages", traffic.stop());
  const { sent, received, expected } = traffic;
  return { frames, ...differences(before, after), sent, received, expected };
}

function differences(before: Reading, after: Reading) {
  const serverCpuSeconds = after.serverCpu - before.serverCpu;
  const { coreCpu } = before;
  return {
    seconds: after.atSeconds - before.atSeconds,
    serverCpuSeconds,
    loadCpuSeconds: after.loadCpu - before.loadCpu,
    otherCpuSeconds:
      coreCpu === undefined || after.coreCpu === undefined
        ? undefined
        : Math.max(0, after.coreCpu - coreCpu - serverCpuSeconds),
  };
}

async function within(doing: string, work: Promise<void>): Promise<void> {
  const controller = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: controller.signal }).then(() => {
    throw new Error(`${doing} took more than ${PATIENCE_MS / 1000} s`);
  });
  late.catch(() => {});
  try {
    await Promise.race([work, late]);
  } finally {
    controller.abort();
  }
}
