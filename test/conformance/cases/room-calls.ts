import assert from "node:assert/strict";
import type { Target } from "../../support/target.ts";
import type { Group } from "../case.ts";

/** Calls a room from outside of all rooms. */
async function hop(target: Target, room: string, query: Record<string, string>): Promise<unknown> {
  const answer = await target.http(`/hop/${encodeURIComponent(room)}?${new URLSearchParams(query)}`);
  return JSON.parse(answer.body.toString());
}

/** The names of so many rooms of one case. */
function names(target: Target, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index} é/${target.newKey()}`);
}

export const roomCalls: Group = {
  title: "calls between rooms",
  cases: [
    {
      name: "calls: a method is called by its name, in a turn that is kept before it is answered",
      async run(target) {
        const [room] = names(target, 1);
        for (const count of [1, 2]) assert.equal(await hop(target, room, { method: "count" }), count);
      },
    },
    {
      name: "calls: what the room throws arrives as its name, message and code, and the turn is undone",
      async run(target) {
        const [room] = names(target, 1);
        await hop(target, room, { method: "count" });
        assert.deepEqual(await hop(target, room, { method: "fail" }), {
          name: "RangeError",
          message: "not like this",
          code: "E_NO",
        });
        assert.equal(await hop(target, room, { method: "count" }), 2);
      },
    },
    {
      name: "calls: hooks, and what Room itself has, can't be called",
      async run(target) {
        const [room] = names(target, 1);
        for (const method of ["onStart", "broadcast", "nothing"]) {
          const { code } = (await hop(target, room, { method })) as { code: string };
          assert.equal(code, "ROOM_NO_METHOD");
        }
      },
    },
    ...(["at once", "later", "by request"] as const).map((how) => ({
      name: `calls: rooms call each other, and one that comes back to its own chain gets ROOM_CYCLE: ${how}`,
      async run(target: Target) {
        const [a, b, c] = names(target, 3);
        const go = (...route: string[]) => hop(target, a, { how, route: JSON.stringify(route) });
        assert.deepEqual(await go(b, c), [a, b, c]);
        for (const route of [[a], [b, a], [b, c, b]]) {
          const answer = await go(...route);
          // A request is answered by the room that was refused; a call rejects all the way back.
          const code = Array.isArray(answer) ? answer.at(-1) : (answer as { code: string }).code;
          assert.equal(code, "ROOM_CYCLE");
        }
        assert.deepEqual(await go(b), [a, b]);
      },
    })),
    {
      name: "calls: a chain that a client claims in a header is not believed",
      async run(target) {
        const [room] = names(target, 1);
        const chain = encodeURIComponent(JSON.stringify([JSON.stringify(["Hop", room])]));
        const query = new URLSearchParams({ method: "request", how: "at once", route: JSON.stringify([]) });
        const answer = await target.http(`/hop/${encodeURIComponent(room)}?${query}`, "GET", [
          `x-wirehall-chain: ${chain}`,
        ]);
        assert.deepEqual(JSON.parse(answer.body.toString()), [room]);
      },
    },
  ],
};
