import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { type Hall, Room, rooms, type WirehallError } from "wirehall";
import { manualClock, testServer } from "wirehall/testing";
import { carryLinksBy, type Link } from "../../src/rooms/chain.ts";
import { serveRooms } from "./support/serve.ts";

carryLinksBy(new AsyncLocalStorage<Link>());

class Counter extends Room {
  count = 0;
  readonly twice = (): number => this.count * 2;

  add(amount: number): number {
    this.count += amount;
    this.broadcast(`${this.count}`);
    return this.count;
  }
  async addLater(amounts: { list: number[] }): Promise<Map<string, number>> {
    await Promise.resolve();
    for (const amount of amounts.list) this.count += amount;
    amounts.list.push(0);
    return new Map([["count", this.count]]);
  }
  fail(code?: string): void {
    this.count = 1000;
    this.broadcast("nobody hears this");
    const error = new TypeError("not like this");
    if (code !== undefined) Object.assign(error, { code });
    throw error;
  }
  answerWith(): unknown {
    this.count = 1000;
    return () => {};
  }
}

test("a method is called by name, typed, in a turn of its own", async () => {
  const { rooms, server } = serveRooms(Counter);
  const client = await server.connect("/r");
  const room = rooms.get("r");
  const sum: number = await room.add(2);
  assert.equal(sum, 2);
  assert.equal(await client.message(), "2");
  assert.equal(await room.add(3), 5);
  assert.equal(await room.twice(), 10);
  assert.equal(await rooms.get("other").add(1), 1);
});

test("arguments and results are copies", async () => {
  const { rooms } = serveRooms(Counter);
  const amounts = { list: [1, 2] };
  const result: Map<string, number> = await rooms.get("r").addLater(amounts);
  assert.deepEqual(result, new Map([["count", 3]]));
  assert.deepEqual(amounts, { list: [1, 2] });
});

test("a call rejects with what the room threw, and nothing of its turn happened", async () => {
  const { rooms, server, entries } = serveRooms(Counter);
  const client = await server.connect("/r");
  const room = rooms.get("r");
  await room.add(2);
  await assert.rejects(room.fail("E_NO"), { name: "TypeError", message: "not like this", code: "E_NO" });
  await assert.rejects(room.fail(), (error: Error) => error.name === "TypeError" && !("code" in error));
  assert.equal(await room.add(1), 1);
  assert.deepEqual([await client.message(), await client.message()], ["2", "1"]);
  assert.deepEqual(
    entries.map(({ event }) => event),
    ["room-threw", "room-threw"],
  );
});

test("what can't be copied throws, of the caller or in the turn", async () => {
  const { rooms } = serveRooms(Counter);
  const room = rooms.get("r");
  await assert.rejects(room.add((() => {}) as unknown as number), {
    code: "INVALID_VALUE",
    message: /arguments of a call can't hold a function/,
  });
  await assert.rejects(room.answerWith(), { code: "INVALID_VALUE", message: /result of a call/ });
  assert.equal(await room.add(1), 1);
});

test("hooks and what Room itself has can't be called, and a handle is no promise", async () => {
  const { rooms } = serveRooms(Counter);
  const room = rooms.get("r") as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of ["onStart", "online", "broadcast", "turn", "storage", "nothing", "count"]) {
    await assert.rejects(room[name]("x"), { code: "ROOM_NO_METHOD", message: new RegExp(`"${name}"`) });
  }
  assert.equal(room.then, undefined);
  assert.equal(typeof (await rooms.get("r")).add, "function");
});

test("a call to a room of no name rejects, and so does one in a hall that no server has", async () => {
  const { rooms: kinds } = serveRooms(Counter);
  await assert.rejects(kinds.get("").add(1), { code: "INVALID_ARGUMENT" });
  await assert.rejects(rooms({ Counter }).Counter.get("r").add(1), { code: "HALL_NOT_SERVED" });
});

test("calls reject with ROOM_BUSY while 1,024 events wait, or 4 MiB", async () => {
  const gate = Promise.withResolvers<void>();
  class Slow extends Room {
    async wait() {
      await gate.promise;
    }
    take(bytes: Uint8Array): number {
      return bytes.length;
    }
  }
  const { rooms } = serveRooms(Slow);
  for (const [name, bytes, fits] of [
    ["many", 0, 1024],
    ["large", 1024 * 1024 - 64, 4],
  ] as const) {
    const room = rooms.get(name);
    const first = room.wait();
    const taken = Array.from({ length: fits }, () => room.take(new Uint8Array(bytes)));
    await assert.rejects(room.take(new Uint8Array(bytes)), (error: WirehallError) => {
      assert.equal(error.code, "ROOM_BUSY");
      return /the limit is (1024|4194304)/.test(error.message);
    });
    gate.resolve();
    await first;
    assert.deepEqual(await Promise.all(taken), Array(fits).fill(bytes));
    assert.equal(await room.take(new Uint8Array(bytes)), bytes);
  }
});

/** Rooms that call each other by a route: each goes on with the rest of it. */
function serveRoutes() {
  const kinds = {
    Hop: class Hop extends Room {
      async go(route: string[], how: "at once" | "later" | "by request"): Promise<string[]> {
        const [next, ...rest] = route;
        if (next === undefined) return [this.name];
        if (how === "later") await new Promise((resolve) => setTimeout(resolve, 1));
        if (how !== "by request") return [this.name, ...(await halls.Hop.get(next).go(rest, how))];
        const url = `http://test/?route=${rest.join(",")}`;
        const response = await halls.Hop.get(next).fetch(new Request(url));
        return [this.name, ...(await response.json())];
      }
      override async onRequest(request: Request): Promise<Response> {
        const route = (new URL(request.url).searchParams.get("route") ?? "").split(",").filter(Boolean);
        return Response.json(await this.go(route, "later"));
      }
      detach(): void {
        // Nobody waits for it: its turn is over when it comes back.
        const later = Promise.resolve().then(() => halls.Hop.get(this.name).go([], "at once"));
        detached.push(later);
      }
      leaveFor(next: string): void {
        this.after(() => detached.push(halls.Hop.get(next).go([this.name], "at once")));
      }
    },
  };
  const halls: Hall<typeof kinds> = rooms(kinds, { log: () => {} });
  const detached: Promise<unknown>[] = [];
  testServer({ fetch: () => new Response(), hall: halls });
  return { hops: halls.Hop, detached };
}

for (const how of ["at once", "later"] as const) {
  test(`a call that comes back to a room which waits for it rejects with ROOM_CYCLE: ${how}`, async () => {
    const { hops } = serveRoutes();
    assert.deepEqual(await hops.get("a").go(["b", "c"], how), ["a", "b", "c"]);
    for (const route of [["a"], ["b", "a"], ["b", "c", "b"]]) {
      await assert.rejects(hops.get("a").go(route, how), { code: "ROOM_CYCLE", message: /waits for/ });
    }
    assert.deepEqual(await hops.get("a").go(["b"], how), ["a", "b"]);
  });
}

test("a request that comes back to a room which waits for it is refused too", async () => {
  const { hops } = serveRoutes();
  assert.deepEqual(await hops.get("a").go(["b", "c"], "by request"), ["a", "b", "c"]);
  // The room in the middle answers 500, which is no JSON.
  await assert.rejects(hops.get("a").go(["b", "a"], "by request"), { name: "SyntaxError" });
});

test("whoever does not wait any more is in no chain", async () => {
  const { hops, detached } = serveRoutes();
  await hops.get("a").detach();
  await hops.get("a").leaveFor("b");
  assert.deepEqual(await Promise.all(detached), [["a"], ["b", "a"]]);
});

test("two rooms that call each other at the same time are no chain, and end by the time of a turn", async () => {
  const met = Promise.withResolvers<void>();
  let meeting = 0;
  const kinds = {
    Knot: class Knot extends Room {
      async meet(other: string): Promise<string> {
        if (++meeting === 2) met.resolve();
        await met.promise;
        return await both.Knot.get(other).say();
      }
      say(): string {
        return this.name;
      }
    },
  };
  const both: Hall<typeof kinds> = rooms(kinds, { log: () => {} });
  const clock = manualClock();
  testServer({ fetch: () => new Response(), hall: both, clock });
  const ends = Promise.allSettled([both.Knot.get("a").meet("b"), both.Knot.get("b").meet("a")]);
  await met.promise;
  clock.advance(10_000);
  for (const end of await ends) {
    assert.equal((end as PromiseRejectedResult).reason.code, "TURN_TIMEOUT");
  }
  assert.equal(await both.Knot.get("a").say(), "a");
});
