import assert from "node:assert/strict";
import { ScriptClient } from "../../support/script-client.ts";
import type { Group } from "../case.ts";

export const roomTime: Group = {
  title: "time of turns",
  cases: [
    {
      name: "turns: one that never ends fails when its time is over, its signal aborts, and the next is handled",
      async run(target) {
        const room = target.newKey();
        const stuck = await ScriptClient.join(target, "script", room);
        const next = await ScriptClient.join(target, "script", room);
        stuck.send(["put", "a", 1], ["say", "not heard"], ["hang", "b"]);
        next.send(["list"]);
        assert.deepEqual(await stuck.closed(), [1011, ""]);
        assert.deepEqual(await next.next(), [[]]);
        // What the handler did when its signal aborted was in no turn.
        assert.deepEqual(await target.notes(room, 1), [{ event: "aborted", code: "ROOM_NO_TURN" }]);
      },
    },
  ],
};
