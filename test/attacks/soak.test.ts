import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { crowdBounds } from "./bounds.ts";
import { type SoakPlan, soak } from "./soak.ts";
import { Target } from "./target.ts";

const plan: SoakPlan = {
  connections: 10_000,
  listeners: 200,
  messagesPerSecond: 2_000,
  periodMs: 6_000,
  periods: 4,
};

/** What a collector may leave lying about more in one period than in another. */
const UNEVEN_BYTES = 32 * 1024 * 1024;

describe("10,000 connections", () => {
  let target: Target;
  before(async () => {
    target = await Target.start(node, "codec", crowdBounds);
  });
  after(() => target?.stop());

  test("lose no message, hold flat memory, and are all closed at the end", async (context) => {
    const seen = await soak(target, plan);
    const [, second, ...later] = seen.peaksBytes;
    for (const peak of later) {
      assert.ok(peak <= second + UNEVEN_BYTES, `memory grows: ${seen.peaksBytes.map(mib).join(", ")}`);
    }
    const { sent, heard } = seen.report;
    context.diagnostic(
      `${sent} echoes and ${heard} deliveries; peaks ${seen.peaksBytes.map(mib).join(", ")}; ${Math.round(seen.idleBytesEach)} bytes an idle connection`,
    );
  });
});

function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
