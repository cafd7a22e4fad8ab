import assert from "node:assert/strict";
import type { CrowdEnds, CrowdReport } from "./crowd-order.ts";
import { Crowd } from "./crowd-process.ts";
import { MemoryWatch, processState } from "./process-state.ts";
import type { Target } from "./target.ts";

export interface SoakPlan {
  readonly connections: number;
  readonly listeners: number;
  readonly messagesPerSecond: number;
  /** Of each of the periods; the first lets the server's memory settle. */
  readonly periodMs: number;
  readonly periods: number;
}

export interface Soak {
  /** The most that the process held in each period. */
  readonly peaksBytes: readonly number[];
  readonly idleBytesEach: number;
  readonly report: CrowdReport;
  readonly ends: CrowdEnds;
}

/** Thousands of honest connections with mixed traffic: every message accounted for, all closed at the end. */
export async function soak(target: Target, plan: SoakPlan): Promise<Soak> {
  const before = processState(target.pid);
  const crowd = new Crowd();
  try {
    const { connections, listeners, messagesPerSecond, periodMs } = plan;
    await crowd.tell({ step: "open", port: target.port, connections, listeners });
    const opened = await target.until("all open", (counts) => counts.connections === connections);
    assert.equal(opened.handshakes, 0);
    const idleBytesEach = (processState(target.pid).memoryBytes - before.memoryBytes) / connections;
    const peaksBytes: number[] = [];
    let report: CrowdReport | undefined;
    for (let period = 0; period < plan.periods; period++) {
      const memory = new MemoryWatch(target.pid);
      report = await crowd.tell<CrowdReport>({ step: "talk", durationMs: periodMs, messagesPerSecond });
      peaksBytes.push(memory.stop());
      assert.deepEqual(report.faults, []);
      assert.equal(report.echoed, report.sent, "an echo is missing");
      assert.equal(report.heard, report.published * listeners, "a listener missed what was published");
    }
    const ends = await crowd.tell<CrowdEnds>({ step: "close" });
    assert.deepEqual(ends.codes, { 1000: connections });
    await target.until("all gone", (counts) => counts.connections === 0);
    await target.untilDescriptors(before.descriptors + SPARE_DESCRIPTORS);
    return { peaksBytes, idleBytesEach, report: report as CrowdReport, ends };
  } finally {
    await crowd.stop();
  }
}

const SPARE_DESCRIPTORS = 4;
