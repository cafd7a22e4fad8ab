import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { crowdBounds } from "./bounds.ts";
import type { CrowdReport } from "./crowd-order.ts";
import { Crowd } from "./crowd-process.ts";
import { steadyPlaces } from "./places.ts";
import { MemoryWatch, processState } from "./process-state.ts";
import { Stranger } from "./stranger.ts";
import { Target } from "./target.ts";

const LISTENERS = 1_000;
/** More than the kernel keeps for a peer that does not read, and what may wait by our limits besides. */
const MESSAGES = 500;
const MESSAGE_BYTES = 16 * 1024;

/** Their output is in flight for a moment each, and a collector leaves things about. */
const ALLOWED_BYTES = 256 * 1024 * 1024;

for (const { name, launcher, transport } of steadyPlaces) {
  describe(`one of ${LISTENERS} listeners stops reading, on ${name}`, () => {
    let target: Target;
    before(async () => {
      target = await Target.start(launcher, transport, crowdBounds);
    });
    after(() => target?.stop());

    test("the others hear everything, it is closed with 1013, and memory keeps to its budget", async (context) => {
      const crowd = new Crowd();
      let stalled: Stranger | undefined;
      try {
        await crowd.tell({ step: "open", port: target.port, connections: LISTENERS, listeners: LISTENERS });
        stalled = new Stranger(target.port);
        assert.equal(await stalled.open(target.port, { path: "/topic" }), 101);
        stalled.socket.pause();
        const before = processState(target.pid).memoryBytes;
        const memory = new MemoryWatch(target.pid);
        const order = { step: "publish", count: MESSAGES, messageBytes: MESSAGE_BYTES } as const;
        const report = await crowd.tell<CrowdReport>(order);
        const grownBytes = memory.stop() - before;
        assert.deepEqual(report.faults, []);
        assert.equal(report.heard, LISTENERS * MESSAGES);
        const counts = await target.until("the slow one closed", ({ closes }) => closes[1013] === 1);
        assert.equal(counts.refusals["slow-consumer"], 1);
        assert.ok(grownBytes <= ALLOWED_BYTES, `${grownBytes} bytes were held`);
        context.diagnostic(
          `${report.heard} deliveries, memory grew by ${Math.round(grownBytes / 2 ** 20)} MiB`,
        );
      } finally {
        stalled?.drop();
        await crowd.stop();
      }
    });
  });
}
