import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Child } from "../../bench/child.ts";
import { Arena } from "./arena.ts";
import type { Attack } from "./attack.ts";
import { connectionBytes } from "./bounds.ts";
import type { HonestOrder, HonestReport } from "./honest-order.ts";
import { MemoryWatch, processState } from "./process-state.ts";
import type { Target } from "./target.ts";

export interface Forces {
  readonly attackers: number;
  readonly honest: number;
  readonly durationMs: number;
}

/** What was seen. */
export interface Battle {
  readonly honest: HonestReport;
  readonly peakBytes: number;
  readonly allowedBytes: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly closes: Readonly<Record<string, number>>;
}

const honestProgram: string = fileURLToPath(new URL("./honest.ts", import.meta.url));
const INTERVAL_MS = 10;

/** Where a runtime takes a message into memory before we can refuse it, this is what it takes at most. */
const PLATFORM_MESSAGE_BYTES = 32 * 1024 * 1024;

/** What a garbage collector may leave lying about under load, however little is held. */
const COLLECTOR_BYTES = 192 * 1024 * 1024;
/** The connection that asks for the counts, and one that the operating system has yet to let go. */
const SPARE_DESCRIPTORS = 4;

/** Honest clients alone, for as long: what an attack is compared with. */
export async function peace(target: Target, { honest, durationMs }: Forces): Promise<HonestReport> {
  const people = await startHonest(target, honest);
  await sleep(durationMs);
  return await endHonest(people);
}

/** Runs an attack beside honest clients; asserts that they lost nothing, and that the server is as it was. */
export async function battle(
  target: Target,
  attack: Attack,
  forces: Forces,
  lacks: (capability: string) => boolean,
): Promise<Battle> {
  const before = await target.until("a server without connections", ({ connections }) => connections === 0);
  const quiet = processState(target.pid);
  const people = await startHonest(target, forces.honest);
  const memory = new MemoryWatch(target.pid);
  const arena = new Arena(target.port, forces.attackers);
  let honest: HonestReport;
  let peakBytes: number;
  try {
    const over = sleep(forces.durationMs).then(() => arena.end());
    await attack.run(arena);
    await over;
    honest = await people.ask<HonestReport>({});
  } finally {
    // Whatever fails, the next attack begins on a server that nobody is connected to.
    arena.end();
    peakBytes = memory.stop();
    await people.stop();
  }
  assert.ok(!target.hasEnded, "the server has ended");
  const counts = await target.until("all connections gone", ({ connections }) => connections === 0);
  await target.untilDescriptors(quiet.descriptors + SPARE_DESCRIPTORS);
  const since = (key: "refusals" | "closes") => difference(before[key], counts[key]);
  const [refusals, closes] = [since("refusals"), since("closes")];
  assert.deepEqual(honest.faults, [], "an honest client lost something");
  assert.equal(honest.echoed, honest.sent);
  const each = connectionBytes + (lacks("sizeBeforeMemory") ? PLATFORM_MESSAGE_BYTES : 0);
  const held = forces.attackers * (attack.connectionsEach ?? 1) * each;
  const allowedBytes = quiet.memoryBytes + held + COLLECTOR_BYTES;
  assert.ok(
    peakBytes <= allowedBytes,
    `${mib(peakBytes)} were held; the limits come to ${mib(allowedBytes)}`,
  );
  attack.check({
    arena,
    counts,
    lacks,
    refused: (reason) => refusals[reason] ?? 0,
    closed: (code) => closes[code] ?? 0,
  });
  return { honest, peakBytes, allowedBytes, answers: Object.fromEntries(arena.answers), refusals, closes };
}

async function startHonest(target: Target, clients: number): Promise<Child> {
  const people = new Child("the honest clients", [process.execPath, honestProgram]);
  const order: HonestOrder = { port: target.port, path: "/echo", clients, intervalMs: INTERVAL_MS };
  await people.ask(order);
  return people;
}

async function endHonest(people: Child): Promise<HonestReport> {
  const report = await people.ask<HonestReport>({});
  await people.stop();
  return report;
}

function difference(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)]));
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
