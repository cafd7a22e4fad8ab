import fc, { type Arbitrary } from "fast-check";
import type { ClientFrame, Payload, Refusal, ServerFrame } from "../../src/subprotocol/mod.ts";

function made<T>(shape: { [K in keyof T]: Arbitrary<T[K]> }, required: readonly (keyof T)[]): Arbitrary<T> {
  return fc.record(shape, { requiredKeys: [...required], noNullPrototype: true }) as Arbitrary<T>;
}

/** All of it, in an object as JSON.parse makes it. */
function whole<T>(shape: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record(shape, { noNullPrototype: true }) as Arbitrary<T>;
}

const characters = (alphabet: string, maxLength: number): Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength });

const LETTERS = "azAZ09_-";
const id = characters(LETTERS, 64);
const token = characters(`${LETTERS}.~`, 1024);
const name = fc.string({ unit: "binary", minLength: 1, maxLength: 30 });
const code = characters("AZ09_", 20).map((rest) => `C${rest}`);
const positive = fc.oneof(fc.integer({ min: 1 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const natural = fc.oneof(fc.constant(0), positive);
const message = fc.string({ unit: "binary", maxLength: 100 });
/** JSON in which nothing is lost: there is one zero. */
const json: Arbitrary<unknown> = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));

const issue = made(
  { message, path: fc.array(fc.oneof(fc.string({ maxLength: 60 }), fc.nat()), { maxLength: 16 }) },
  ["message"],
);
const refusalShape = { code, message, issues: fc.array(issue, { maxLength: 16 }) };
const refusal: Arbitrary<Refusal> = made<Refusal>(refusalShape, ["code", "message"]);
const here = made({ id, state: json }, ["id"]);

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Uint8Array.from(array));
const payload: Arbitrary<Payload> = fc.oneof(
  whole({ data: fc.oneof(fc.string({ unit: "binary" }), bytes) }),
  whole({ name, data: json }),
  whole({ name }),
);

/** A frame with a payload; `undefined` is left out, as a decoder does. */
function withPayload<F>(head: Arbitrary<object>, body: Arbitrary<Payload>): Arbitrary<F> {
  return fc.tuple(head, body).map(([first, second]) => ({ ...first, ...second }) as F);
}

export const clientFrame: Arbitrary<ClientFrame> = fc.oneof(
  fc.constant<ClientFrame>({ type: "ping" }),
  made(
    {
      type: fc.constant("hello" as const),
      session: token,
      last: whole({ epoch: id, seq: natural }),
      recent: fc.nat({ max: 10_000 }),
      presence: fc.boolean(),
    },
    ["type"],
  ),
  withPayload<ClientFrame>(made({ type: fc.constant("message"), clientSeq: positive }, ["type"]), payload),
  made(
    {
      type: fc.constant("call" as const),
      id: positive,
      method: name,
      args: fc.array(json, { maxLength: 16 }),
    },
    ["type", "id", "method"],
  ),
);

const there = whole({ epoch: id, seq: natural });
const place = fc.oneof(fc.constant({}), there);
const settled = fc.oneof(
  fc.constant({}),
  made(
    {
      acked: natural,
      nacked: fc.array(made({ clientSeq: positive, ...refusalShape }, ["clientSeq", "code", "message"]), {
        maxLength: 5,
      }),
    },
    ["acked"],
  ),
);

export const serverFrame: Arbitrary<ServerFrame> = fc.oneof(
  fc.constant<ServerFrame>({ type: "pong" }),
  made({ type: fc.constant("live" as const), seq: natural }, ["type"]),
  fc
    .tuple(
      whole({
        type: fc.constant("welcome" as const),
        session: token,
        member: id,
        maxMessageBytes: fc.integer({ min: 1 }),
        keepaliveMs: fc.integer({ min: 1000, max: 600_000 }),
      }),
      fc.oneof(
        fc.tuple(fc.constant({ resumed: "fresh" }), place),
        fc.tuple(fc.constant({ resumed: "resumed" }), there),
        fc.constant([{ resumed: "gap" }]),
      ),
      settled,
    )
    .map((parts) => Object.assign({}, ...parts.flat()) as ServerFrame),
  withPayload<ServerFrame>(
    place.map((at) => ({ type: "gap", ...at })),
    fc.oneof(fc.constant({}), payload),
  ),
  withPayload<ServerFrame>(
    fc.oneof(
      fc.constant({ type: "message" }),
      positive.map((seq) => ({ type: "message", seq })),
      fc.string({ minLength: 1, maxLength: 128 }).map((key) => ({ type: "message", key })),
    ),
    payload,
  ),
  whole({ type: fc.constant("ack" as const), clientSeq: positive }),
  made({ type: fc.constant("nack" as const), clientSeq: positive, ...refusalShape }, [
    "type",
    "clientSeq",
    "code",
    "message",
  ]),
  fc
    .tuple(positive, fc.oneof(fc.constant({}), whole({ result: json }), whole({ error: refusal })))
    .map(([id, answer]) => ({ type: "reply", id, ...answer }) as ServerFrame),
  made(
    {
      type: fc.constant("presence" as const),
      reset: fc.boolean(),
      more: fc.boolean(),
      join: fc.array(here, { maxLength: 5 }),
      change: fc.array(here, { maxLength: 5 }),
      leave: fc.array(id, { maxLength: 5 }),
    },
    ["type"],
  ),
  made({ type: fc.constant("error" as const), ...refusalShape }, ["type", "code", "message"]),
);

/** A change to one member of a frame: it goes, or gets another value. */
export const withoutOne: Arbitrary<(frame: object, value: unknown) => object> = fc
  .tuple(fc.nat(), fc.boolean())
  .map(([which, removes]) => (frame, value) => {
    const names = Object.keys(frame);
    const changed = { ...frame } as Record<string, unknown>;
    changed[names[which % names.length] as string] = removes ? undefined : value;
    return changed;
  });
