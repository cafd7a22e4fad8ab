import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { type Role, SharedMessage } from "../../src/protocol/mod.ts";
import {
  BINARY,
  bytesOf,
  CLOSE,
  CONTINUATION,
  concat,
  type FrameParts,
  PING,
  PONG,
  readFrames,
  TEXT,
  text,
} from "../protocol/frames.ts";
import { client, Probe, server } from "../protocol/probe.ts";
import {
  anyString,
  bytes,
  cut,
  cuts,
  encode,
  maskingKey,
  message,
  role,
  sent,
  stream,
} from "./arbitraries.ts";
import { collectGarbage, HeldBytes, LEFT_BY_ENGINE } from "./held.ts";
import { End, steps } from "./pair.ts";

// fast-check prints the seed of a failure. WIREHALL_FUZZ_SEED and WIREHALL_FUZZ_RUNS try others, and more.
const RUNS = Number(process.env.WIREHALL_FUZZ_RUNS ?? 300);
// Each collects garbage, which is slow, and looks at several wires.
const MEMORY_RUNS = Math.ceil(RUNS / 60);
fc.configureGlobal({ seed: Number(process.env.WIREHALL_FUZZ_SEED ?? 6455), numRuns: RUNS });

const limits = fc.record({
  maxMessageBytes: fc.constantFrom(1, 126, 1000, 1_048_576),
  maxFragments: fc.constantFrom(1, 3, 131_072),
});

test("any way of cutting the bytes gives the same events and output", () => {
  fc.assert(
    fc.property(stream, limits, cuts, ({ role, bytes }, limits, cuts) => {
      const seen = (pieces: readonly Uint8Array[]): string[] => {
        const probe = new Probe({ role, ...limits });
        probe.on.message = (data) => probe.send(data);
        for (const piece of pieces) probe.receive(piece);
        const { state } = probe.wire;
        probe.wire.receiveEnd();
        return [...probe.events, ...probe.sent(), state];
      };
      assert.deepEqual(seen(cut(bytes, cuts)), seen([bytes]));
    }),
  );
});

test("what is encoded by hand, with any masks and fragments, decodes to the same messages", () => {
  fc.assert(
    fc.property(role, fc.array(sent, { maxLength: 4 }), maskingKey, cuts, (role, all, key, cuts) => {
      const mask = role === "server" ? { mask: key } : {};
      const frames = all.flatMap(({ frames }) => frames.map((parts) => ({ ...parts, ...mask })));
      const probe = new Probe({ role });
      for (const piece of cut(encode(role, frames), cuts)) probe.receive(piece);
      assert.deepEqual(
        probe.received,
        all.map(({ message }) => message),
      );
      assert.deepEqual(probe.ends, []);
    }),
  );
});

test("what a wire encodes decodes by hand to the same messages, each in one frame", () => {
  const sendable = fc.oneof(
    anyString,
    bytes(),
    message.map((data) => new SharedMessage(data)),
  );
  fc.assert(
    fc.property(role, fc.array(sendable, { maxLength: 5 }), (role, messages) => {
      const probe = new Probe({ role }).send(...messages);
      const plain = messages.map((each) => (each instanceof SharedMessage ? each.data : each));
      assert.deepEqual(
        readFrames(probe.takeBytes()).map(({ fin, opcode, masked, payload }) => ({
          fin,
          opcode,
          masked,
          payload,
        })),
        plain.map((data) => ({
          fin: true,
          opcode: typeof data === "string" ? TEXT : BINARY,
          masked: role === "client",
          payload: bytesOf(data),
        })),
      );
    }),
  );
});

test("what a wire encodes a wire of the other role decodes to the same messages", () => {
  fc.assert(
    fc.property(
      role,
      fc.array(fc.oneof(anyString, bytes()), { maxLength: 5 }),
      cuts,
      (role, messages, cuts) => {
        const from = new Probe({ role });
        const to = role === "server" ? client() : server();
        from.send(...messages);
        for (const piece of cut(from.takeBytes(), cuts)) to.receive(piece);
        const read = messages.map((data) => (typeof data === "string" ? data.toWellFormed() : data));
        assert.deepEqual(to.received, read);
      },
    ),
  );
});

type Act =
  | { do: "receive" | "receiveEnd" | "message" | "ping" | "pong" | "backUp" | "flush" }
  | { do: "close" | "fail"; code: number; reason: string };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("receive" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "message" as const,
        "ping" as const,
        "pong" as const,
        "backUp" as const,
        "flush" as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("receiveEnd" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("close" as const, "fail" as const),
      code: fc.oneof(fc.constantFrom(1000, 1013, 3000), fc.nat({ max: 5000 })),
      reason: anyString,
    }),
  },
);

/** Does what a driver or a sink may do. */
function perform(probe: Probe, act: Act): void {
  const { wire } = probe;
  try {
    if (act.do === "receiveEnd") wire.receiveEnd();
    else if (act.do === "message") wire.sendMessage("of ours");
    else if (act.do === "ping") wire.sendPing("of ours");
    else if (act.do === "pong") wire.sendPong("of ours");
    else if (act.do === "backUp") wire.backedUp = true;
    else if (act.do === "flush") wire.backedUp = false;
    else if (act.do === "close") wire.sendClose(act.code, act.reason);
    else if (act.do === "fail") wire.fail(act.code, act.reason);
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, "INVALID_CLOSE", String(error));
  }
}

const peerCodes = (code: number) => code === 1005 || (code >= 1000 && code < 1015) || code >= 3000;

test("whatever is received and done, nothing throws, closed comes exactly once and nothing follows it", () => {
  const acts = fc.array(act, { maxLength: 25 });
  fc.assert(
    fc.property(stream, limits, cuts, acts, acts, ({ role, bytes }, limits, cuts, driver, sink) => {
      const probe = new Probe({ role, ...limits });
      const inSink = [...sink];
      const react = (): void => {
        const next = inSink.pop();
        if (next !== undefined) perform(probe, next);
      };
      probe.on = { message: react, pong: react, closed: react };
      const pieces = cut(bytes, cuts);
      for (const act of driver) {
        if (act.do === "receive") probe.receive(...pieces.splice(0, 1));
        else perform(probe, act);
      }
      for (const piece of pieces) probe.receive(piece);
      probe.wire.receiveEnd();
      assert.equal(probe.ends.length, 1);
      assert.ok(peerCodes(probe.ends[0]?.code ?? 0), JSON.stringify(probe.ends));
      assert.ok(probe.events.at(-1)?.startsWith("closed "), probe.events.join("; "));
      const frames = readFrames(probe.takeBytes());
      const close = frames.findIndex(({ opcode }) => opcode === CLOSE);
      assert.ok(close === -1 || close === frames.length - 1, "something was sent after the close frame");
      assert.ok(frames.every(({ masked }) => masked === (role === "client")));

      const before = probe.events.length;
      probe.receive(bytes);
      probe.wire.backedUp = false;
      probe.wire.receiveEnd();
      assert.equal(
        probe.wire.sendMessage("late") || probe.wire.sendPing() || probe.wire.sendClose(1000),
        false,
      );
      assert.equal(probe.events.length, before);
      assert.equal(probe.wire.outputBytes, 0);
    }),
  );
});

test("a peer alone can end a wire only by a close frame, with its code, or by a fault with a code for it", () => {
  fc.assert(
    fc.property(stream, limits, cuts, ({ role, bytes }, limits, cuts) => {
      const probe = new Probe({ role, ...limits });
      for (const piece of cut(bytes, cuts)) probe.receive(piece);
      const frames = readFrames(probe.takeBytes());
      const [end] = probe.ends;
      assert.equal(probe.wire.state, end === undefined ? "open" : "closed");
      const last = frames.at(-1);
      assert.equal(last?.opcode === CLOSE, end !== undefined);
      if (end === undefined) return;
      if (!end.wasClean) assert.ok([1002, 1007, 1008, 1009].includes(end.code), `code ${end.code}`);
      const payload = end.code === 1005 ? [] : [end.code >> 8, end.code & 0xff, ...bytesOf(end.reason)];
      assert.deepEqual(last?.payload, Uint8Array.from(payload));
    }),
  );
});

test("pongs answer pings with their payload in order; behind output that waits, the latest alone", () => {
  const pings = fc.array(bytes(fc.nat({ max: 125 })), { maxLength: 4 });
  const stretches = fc.array(fc.record({ backedUp: fc.boolean(), pings, sent }), { maxLength: 5 });
  fc.assert(
    fc.property(role, stretches, cuts, (role, stretches, cuts) => {
      const probe = new Probe({ role });
      const expected: Uint8Array[] = [];
      let owed: Uint8Array | undefined;
      for (const { backedUp, pings, sent } of stretches) {
        probe.wire.backedUp = backedUp;
        if (!backedUp && owed !== undefined) expected.push(owed);
        if (!backedUp) owed = undefined;
        const frames: FrameParts[] = pings.map((payload) => ({ opcode: PING, payload }));
        // The pings come inside the message where it has fragments, and after it.
        const all = [...sent.frames.slice(0, 1), ...frames, ...sent.frames.slice(1)];
        const asked = all
          .filter(({ opcode }) => opcode === PING)
          .map(({ payload }) => bytesOf(payload ?? []));
        for (const piece of cut(encode(role, all), cuts)) probe.receive(piece);
        if (backedUp) owed = asked.at(-1) ?? owed;
        else expected.push(...asked);
      }
      const sentFrames = readFrames(probe.takeBytes());
      assert.ok(sentFrames.every(({ opcode }) => opcode === PONG));
      assert.deepEqual(
        sentFrames.map(({ payload }) => payload),
        expected,
      );
    }),
  );
});

test("two wires tell each other all that was sent, and the same end where one side closed", () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const ends = { server: new End("server"), client: new End("client") };
      const peerOf = (end: End): End => (end === ends.server ? ends.client : ends.server);
      for (const step of steps) {
        const end = ends[step.from];
        if (step.do === "deliver") peerOf(end).wire.receive(end.takeBytes(step.bytes));
        else assert.equal(end.wire.state === "open", end.do(step), `${step.do} of the ${step.from}`);
      }
      for (let moved = true; moved; ) {
        moved = false;
        for (const end of [ends.server, ends.client]) {
          const bytes = end.takeBytes(Number.POSITIVE_INFINITY);
          moved ||= bytes.length > 0;
          peerOf(end).wire.receive(bytes);
        }
      }
      ends.server.wire.receiveEnd();
      ends.client.wire.receiveEnd();

      const closers = [ends.server, ends.client].filter(({ taken }) => taken.close !== undefined);
      for (const end of [ends.server, ends.client]) {
        const peer = peerOf(end);
        const wellFormed = peer.taken.messages.map((data) =>
          typeof data === "string" ? data.toWellFormed() : data,
        );
        assert.deepEqual(end.messages, wellFormed);
        const isAnswer = (pong: string): boolean => pong.startsWith("ping");
        assert.deepEqual(
          end.pongs.filter((pong) => !isAnswer(pong)),
          peer.taken.pongs,
        );
        // A peer that has sent its close frame answers no more.
        const answers = end.pongs.filter(isAnswer);
        const answered = peer.taken.close === undefined ? end.taken.pings.length : answers.length;
        assert.deepEqual(answers, end.taken.pings.slice(0, answered));
        const first = end.taken.close ?? closers[0]?.taken.close;
        assert.deepEqual(end.ends, [first ?? { code: 1006, reason: "", wasClean: false }]);
      }
    }),
  );
});

/** What makes a wire keep things: a message that goes on and on, pings to answer. */
const burdening: fc.Arbitrary<FrameParts> = fc.oneof(
  fc.record({ opcode: fc.constantFrom(PING, PONG), payload: bytes(fc.nat({ max: 125 })) }),
  fc.record({
    opcode: fc.constant(CONTINUATION),
    payload: bytes(fc.nat({ max: 500 })),
    fin: fc.constant(false),
  }),
);
interface Burdened {
  role: Role;
  maxMessageBytes: number;
  maxFragments: number;
  burdens: FrameParts[];
  readBytes: number;
  /** The bytes of a last ping of 125 that come: inside its header, or inside its payload. */
  cutAt: number;
}
const burdened: fc.Arbitrary<Burdened> = fc.record({
  role,
  maxMessageBytes: fc.nat({ max: 20_000 }),
  maxFragments: fc.integer({ min: 1, max: 500 }),
  burdens: fc.array(burdening, { minLength: 1, maxLength: 4 }),
  readBytes: fc.integer({ min: 50, max: 5000 }),
  cutAt: fc.constantFrom(1, 120),
});

/** Frames are put out from a pool that all wires share. */
const POOL_BYTES = 65_536;
const MAX_HEADER_BYTES = 14;

/** Of eight wires, those that may seem to keep too much. */
const MOST_STRAYS = 2;

test("a wire keeps no more than a message of the limit and two control frames, and nothing that it was given", async () => {
  const property = fc.asyncProperty(fc.array(burdened, { minLength: 8, maxLength: 8 }), async (all) => {
    const wires = all.map(burden);
    // Masking keeps a view of one buffer for all wires, the last: let it be this one.
    server().receive(text("x".repeat(100)));
    await collectGarbage();
    const over: string[] = [];
    for (const { probe, made, given, leastBytes, maxMessageBytes } of wires) {
      const kept = made.sizes.filter((each) => each !== POOL_BYTES);
      const keptBytes = kept.reduce((sum, each) => sum + each, 0);
      const mostBytes = maxMessageBytes + 2 * 125 + MAX_HEADER_BYTES;
      if (keptBytes > mostBytes * (1 + LEFT_BY_ENGINE)) over.push(`keeps ${kept}; limit ${maxMessageBytes}`);
      else if (given.sizes.length > LEFT_BY_ENGINE) over.push(`keeps ${given.sizes} of what it was given`);
      assert.ok(
        probe.wire.state === "closed" || keptBytes >= leastBytes,
        "what it must keep is not measured",
      );
    }
    // An engine may leave an array here or there alive; a wire that keeps one does so nearly every time.
    assert.ok(over.length <= MOST_STRAYS, over.join("\n"));
  });
  await fc.assert(property, { numRuns: MEMORY_RUNS });
});

/** A wire that owes a pong, in the middle of a message and of a further ping; or closed, for being burdened too much. */
function burden({ role, burdens, readBytes, cutAt, ...limits }: Burdened) {
  const made = new HeldBytes();
  const given = new HeldBytes();
  const probe = new Probe({ role, ...limits });
  probe.message = () => {};
  probe.pong = () => {};
  probe.wire.backedUp = true;
  const round = encode(role, burdens);
  const rounds = Math.min(2000, 3 + Math.ceil((limits.maxMessageBytes * 3) / round.length));
  const ping = encode(role, [{ opcode: PING, payload: new Uint8Array(125) }]);
  const start = encode(role, [{ opcode: BINARY, fin: false }]);
  const bytes = concat(start, ...new Array<Uint8Array>(rounds).fill(round), ping, ping.subarray(0, cutAt));
  for (let at = 0; at < bytes.length; at += readBytes) {
    const chunk = bytes.slice(at, at + readBytes);
    given.watch(chunk);
    made.during(() => probe.wire.receive(chunk));
    probe.wire.takeOutput();
  }
  return { probe, made, given, leastBytes: cutAt > 1 ? 2 * 125 : 125, ...limits };
}
