import assert from "node:assert/strict";
import { test } from "node:test";
import { type RefusalReason, Room, rooms, type WirehallError } from "wirehall";
import { testServer } from "wirehall/testing";

test("a join for which too many events wait is 503 with Retry-After, and counted as room-busy", async () => {
  const gate = Promise.withResolvers<void>();
  class Slow extends Room {
    override onConnect(): Promise<void> {
      return gate.promise;
    }
  }
  const hall = rooms({ Slow }, { log() {} });
  const refusals: RefusalReason[] = [];
  const server = testServer({
    fetch: (request) => hall.Slow.get("one").fetch(request),
    hall,
    metrics: { refused: (reason) => refusals.push(reason) },
  });
  const joins = Array.from({ length: 1_025 }, () => server.connect("/"));
  const response = await server.connect("/").then(
    () => assert.fail("it was let in"),
    (error: WirehallError) => error.cause as Response,
  );
  assert.equal(response.status, 503);
  assert.notEqual(response.headers.get("retry-after"), null);
  gate.resolve();
  await Promise.all(joins);
  assert.deepEqual(refusals, ["room-busy"]);
});
