import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Session } from "../../src/client/session.ts";
import type { WirehallError } from "../../src/errors.ts";
import type { Gap, Place } from "../../src/subprotocol/mod.ts";
import { type ReferenceConnection, ReferenceRoom } from "./reference-room.ts";

/** What may happen; `up` and `down` are how many frames get through. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("all", "others", "throw", "bytes", "named", "call") },
  { weight: 8, arbitrary: fc.constantFrom("up 1", "up 3", "down 1", "down 3") },
  { weight: 3, arbitrary: fc.constantFrom("elsewhere", "elsewhere elsewhere elsewhere elsewhere") },
  { weight: 3, arbitrary: fc.constantFrom("connect", "cut", "repeat") },
  { weight: 1, arbitrary: fc.constantFrom("forget sessions", "forget history") },
);

test("whatever is lost or comes twice, each message comes once and in order, or a gap says so", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom(2, 5, 100),
      fc.constantFrom(1, 3),
      (steps, maxHistory, ackEvery) => {
        const world = new World(maxHistory, ackEvery);
        for (const each of steps) world.take(each);
        world.settle();
        world.checkHistory();
        world.checkOutbox();
      },
    ),
    { numRuns: 2000, seed: 6455 },
  );
});

/** A client and a server, and a network in which frames wait. */
class World {
  readonly #room: ReferenceRoom;
  readonly #session: Session;
  #connection: ReferenceConnection | undefined;
  #up: (string | Uint8Array)[] = [];
  #down: (string | Uint8Array)[] = [];
  /** Where history goes on, and what of it came. */
  readonly #seen: (
    | { readonly from: Place | undefined }
    | { readonly place: Place; readonly data: unknown }
  )[] = [];
  readonly #sent: { readonly text: string; outcome?: string }[] = [];
  #answers = 0;
  #calls = 0;
  #elsewhere = 0;
  #begun = false;

  constructor(maxHistory: number, ackEvery: number) {
    this.#room = new ReferenceRoom({ maxHistory, ackEvery });
    this.#session = new Session(
      {
        write: (message) => this.#up.push(message),
        welcome: ({ epoch, seq }) => {
          if (!this.#begun) this.#seen.push({ from: { epoch: epoch as string, seq: seq as number } });
          this.#begun = true;
        },
        live: () => {},
        message: ({ name, data }, place) => {
          assert.ok(place !== undefined);
          this.#seen.push({ place, data: name ?? data });
        },
        gap: ({ epoch, seq }: Gap) =>
          this.#seen.push({ from: { epoch: epoch as string, seq: seq as number } }),
        members: () => {},
        error: () => {},
        settled: () => {},
      },
      { maxMessages: 1000, maxBytes: 1e6, maxCalls: 1000, presence: false },
    );
  }

  take(step: string): void {
    const [verb, argument] = step.split(" ");
    if (verb === "up") this.#deliverUp(Number(argument));
    else if (verb === "down") this.#deliverDown(Number(argument));
    else if (verb === "elsewhere") {
      for (const _ of step.split(" ")) this.#room.broadcast({ data: `elsewhere ${++this.#elsewhere}` });
    } else if (verb === "connect") this.#connect();
    else if (verb === "cut") this.#cut();
    else if (verb === "repeat") this.#repeat();
    else if (step === "forget sessions") this.#room.forgetSessions();
    else if (step === "forget history") {
      // Those who are connected would be told by a gap; the reference server closes instead.
      this.#cut();
      this.#room.forgetHistory();
    } else if (verb === "call") {
      this.#calls++;
      this.#session.call("add", [1, 2], (error, result) => {
        this.#answers++;
        if (error === undefined) assert.equal(result, 3);
        else assert.equal(error.code, "CALL_LOST");
      });
    } else this.#send(verb as string);
  }

  /** Lets everything get through. */
  settle(): void {
    for (let round = 0; round < 3; round++) {
      this.#cut();
      this.#connect();
      while (this.#up.length + this.#down.length > 0) {
        this.#deliverUp(1000);
        this.#deliverDown(1000);
      }
    }
  }

  /** From each place on, what came is what the room had, until the next gap. */
  checkHistory(): void {
    let from: Place | undefined;
    for (const item of [...this.#seen, { from: undefined }]) {
      if ("from" in item) {
        // Up to a gap anything may be missing; what comes behind the last place is checked at the end.
        from = item.from;
        continue;
      }
      assert.equal(item.place.epoch, from?.epoch);
      const { seq } = from as Place;
      assert.ok(item.place.seq > seq, "a message came twice, or out of order");
      this.#assertNothingBetween(from as Place, item.place.seq);
      const entry = this.#room.log.find((each) => each.epoch === from?.epoch && each.seq === item.place.seq);
      assert.deepEqual(item.data, entry?.name ?? entry?.data);
      from = item.place;
    }
    const end = this.#session.place as Place;
    assert.deepEqual(end, { epoch: this.#room.epoch, seq: this.#room.seq });
    const last = this.#seen.at(-1);
    const place = last === undefined ? undefined : "from" in last ? last.from : last.place;
    if (place !== undefined) this.#assertNothingBetween(place, end.seq + 1);
  }

  #assertNothingBetween(from: Place, until: number): void {
    const missed = this.#room.log.filter(
      ({ epoch, seq, except }) =>
        epoch === from.epoch && seq > from.seq && seq < until && except === undefined,
    );
    assert.deepEqual(missed, [], "messages are missing, and no gap said so");
  }

  checkOutbox(): void {
    const applied = this.#room.applied.map(({ name, data }) =>
      data instanceof Uint8Array ? `bytes ${data.join()}` : `${name ?? ""}${data}`,
    );
    const order = this.#sent.map(({ text }) => text);
    assert.deepEqual(
      applied,
      order.filter((text) => applied.includes(text)),
      "applied twice, or out of order",
    );
    for (const { text, outcome } of this.#sent) {
      const was = applied.includes(text);
      if (text.startsWith("throw"))
        assert.ok(outcome === "ROOM_THREW" || outcome === "SESSION_LOST", outcome);
      else if (outcome !== "SESSION_LOST") assert.deepEqual([outcome, was], ["done", true], text);
    }
    assert.deepEqual(this.#session.pending, []);
    assert.equal(this.#answers, this.#calls);
  }

  #send(verb: string): void {
    const index = this.#sent.length;
    const data = verb === "bytes" ? Uint8Array.of(index >> 8, index & 255) : `${verb} ${index}`;
    const text =
      verb === "bytes"
        ? `bytes ${index >> 8},${index & 255}`
        : verb === "named"
          ? `say${data}`
          : String(data);
    const entry: { text: string; outcome?: string } = { text };
    this.#sent.push(entry);
    this.#session.send(verb === "named" ? { name: "say", data } : { data }, (error?: WirehallError) => {
      assert.equal(entry.outcome, undefined, "settled twice");
      entry.outcome = error?.code ?? "done";
    });
  }

  #connect(): void {
    this.#cut();
    this.#connection = this.#room.connect({
      send: (frame) => this.#down.push(frame),
      close: (code) => assert.fail(`the server closed with ${code}`),
    });
    this.#session.opened();
  }

  #cut(): void {
    this.#up = [];
    this.#down = [];
    if (this.#connection === undefined) return;
    this.#connection.ended();
    this.#connection = undefined;
    this.#session.lost();
  }

  /** A frame of history, or an answer, comes a second time. */
  #repeat(): void {
    const frame = this.#down.find(
      (each) => typeof each !== "string" || /"type":"(message|n?ack)"/.test(each),
    );
    if (frame !== undefined) this.#down.push(frame);
  }

  #deliverUp(count: number): void {
    for (const frame of this.#up.splice(0, count)) this.#connection?.receive(frame);
  }

  #deliverDown(count: number): void {
    for (const frame of this.#down.splice(0, count)) assert.equal(this.#session.receive(frame), undefined);
  }
}
