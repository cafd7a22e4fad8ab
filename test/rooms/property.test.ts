import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Member, Room } from "wirehall";
import { hibernate, type TestClient } from "wirehall/testing";
import { HeldStorage } from "./support/held-storage.ts";
import { serveRooms } from "./support/serve.ts";

/**
 * Numbers what it is told: a turn takes the next number from a field, writes it down and says it. What fails must leave
 * no number behind, neither in the field, nor in storage, nor with anybody.
 */
class Numberer extends Room<number> {
  #next = 0;

  override async onStart() {
    this.#next = (await this.storage.get<number>("next")) ?? 0;
  }

  override onMessage(member: Member<number>, verb: string): void | Promise<void> {
    if (verb === "read") return this.broadcast(`read ${this.#next}`);
    if (verb.endsWith("later")) return this.#later(member, verb);
    this.#number(member);
    if (verb === "throw") throw new Error("as told");
    if (verb === "hang") return new Promise(() => {});
  }

  async #later(member: Member<number>, verb: string) {
    await Promise.resolve();
    assert.equal((await this.storage.get("next")) ?? 0, this.#next);
    this.#number(member);
    await Promise.resolve();
    if (verb === "throw later") throw new Error("as told");
  }

  #number(member: Member<number>) {
    const number = this.#next++;
    this.storage.put(`log ${String(number).padStart(6, "0")}`, number);
    this.storage.put("next", this.#next);
    member.state = number;
    this.broadcast(`${number}`);
  }

  async log() {
    return [...(await this.storage.list<number>({ prefix: "log " })).values()];
  }
}

type Step =
  | { readonly say: string; readonly by: number }
  | { readonly do: "tick" | "keep" | "lose" | "full" | "empty" | "hibernate" | "time" | "leave" };

const verbs = fc.constantFrom("number", "number", "later", "throw", "throw later", "read", "hang");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ say: verbs, by: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "tick",
        "tick",
        "keep",
        "keep",
        "lose",
        "full",
        "empty",
        "hibernate",
        "time",
        "leave",
      ),
    }),
  },
) as fc.Arbitrary<Step>;

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

async function run(steps: readonly Step[]): Promise<void> {
  const storage = new HeldStorage();
  const { server, rooms, clock } = serveRooms(Numberer, {}, storage);
  const kept = () => storage.kept("Kind", "r").list({ start: "vlog ", end: "vlog!" }).length;

  const witness = await server.connect("/r");
  const heard: number[] = [];
  const listening = (async () => {
    for (;;) {
      const text = String(await witness.message());
      const number = Number(text.replace("read ", ""));
      // Whatever is said rests on what is kept.
      if (text.startsWith("read")) assert.ok(number <= kept(), `${text}, and ${kept()} are kept`);
      else assert.ok(heard.push(number) <= kept(), `${number} is said, and ${kept()} are kept`);
    }
  })();
  listening.catch(() => {});

  const members: (TestClient | undefined)[] = [];
  /** Joins and hibernations that are under way. */
  const pending: Promise<void>[] = [];
  const act = async (one: Step): Promise<void> => {
    if ("say" in one) {
      const open = members[one.by];
      if (open !== undefined) return open.send(one.say);
      const joining = server.connect("/r").then((client) => {
        members[one.by] = client;
        client.closed.then(() => {
          members[one.by] = undefined;
        });
        client.send(one.say);
      });
      pending.push(joining.catch(() => {}));
      return;
    }
    switch (one.do) {
      case "tick":
        return await tick();
      case "keep":
        return storage.keep();
      case "lose":
        return storage.lose(new Error("lost, as told"));
      case "full":
      case "empty":
        storage.refuses = one.do === "full";
        return;
      case "hibernate":
        pending.push(hibernate(rooms.get("r")));
        return;
      case "time":
        return clock.advance(10_000);
      case "leave":
        return members.findLast((client) => client !== undefined)?.close();
    }
  };
  for (const one of steps) await act(one);

  storage.refuses = false;
  /** Lets everything come to its end, while time passes and the disk works. */
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false;
    const watched = promise.finally(() => {
      isSettled = true;
    });
    while (!isSettled) {
      await tick();
      storage.keep();
      await tick();
      clock.advance(10_000);
    }
    return await watched;
  };
  await settled(Promise.all(pending));
  await settled(hibernate(rooms.get("r")));
  const numbers = await settled(rooms.get("r").log());
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, number) => number),
  );
  await tick();
  assert.deepEqual(heard, numbers);
  witness.close();
  await assert.rejects(listening, { code: "CONNECTION_CLOSED" });
}

test("whatever happens, in whatever order: a number that was said is kept, in order, once, and none is missing", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), run), { numRuns: 150 });
});
