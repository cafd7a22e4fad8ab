import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crowdBounds } from "./bounds.ts";
import type { CrowdEnds } from "./crowd-order.ts";
import { Crowd } from "./crowd-process.ts";
import { steadyPlaces } from "./places.ts";
import { Target } from "./target.ts";

const CLIENTS = 2_000;
const OVER_MS = 5_000;
/** Far fewer than the clients, far more than if they were closed at once. */
const LEAST_BUNCHES = 50;

for (const { name, launcher, transport } of steadyPlaces) {
  describe(`${CLIENTS} clients of ${name}`, () => {
    const open = async (): Promise<{ target: Target; crowd: Crowd }> => {
      const target = await Target.start(launcher, transport, crowdBounds);
      const crowd = new Crowd();
      await crowd.tell({ step: "open", port: target.port, connections: CLIENTS, listeners: 1 });
      return { target, crowd };
    };

    test("are closed with 1012 a few at a time, and told when to return", async (context) => {
      const { target, crowd } = await open();
      try {
        const ended = crowd.tell<CrowdEnds>({ step: "await-end" });
        await target.ask(`/shutdown?over=${OVER_MS}`);
        const { codes, retries, bunches } = await ended;
        assert.deepEqual(codes, { 1012: CLIENTS });
        assert.equal(retries, CLIENTS);
        assert.ok(bunches >= LEAST_BUNCHES, `they were closed in ${bunches} bunches`);
        await target.ended;
        context.diagnostic(`${bunches} bunches`);
      } finally {
        await crowd.stop();
        await target.stop();
      }
    });

    test("under load, SIGTERM closes each with 1012, and the process ends with 0", async () => {
      const { target, crowd } = await open();
      try {
        const ended = crowd.tell<CrowdEnds>({ step: "talk-until-end", messagesPerSecond: 500 });
        target.kill("SIGTERM");
        const { codes, retries } = await ended;
        assert.deepEqual(codes, { 1012: CLIENTS });
        assert.equal(retries, CLIENTS);
        assert.equal(await target.ended, 0);
      } finally {
        await crowd.stop();
        await target.stop();
      }
    });

    test("under load, kill -9 ends each without a close frame, and none hangs", async () => {
      const { target, crowd } = await open();
      try {
        const ended = crowd.tell<CrowdEnds>({ step: "talk-until-end", messagesPerSecond: 500 });
        target.kill("SIGKILL");
        assert.deepEqual((await ended).codes, { none: CLIENTS });
      } finally {
        await crowd.stop();
        await target.stop();
      }
    });
  });
}
