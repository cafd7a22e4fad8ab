import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeClosePayload, isCloseCode } from "../../src/protocol/mod.ts";
import { BINARY, closeFrame, frame, hex, PING, PONG, readFrames, text } from "./frames.ts";
import { client, type Probe, server } from "./probe.ts";

const both = [
  { make: server, mask: {} },
  { make: client, mask: { mask: false } },
] as const;

const SENDABLE = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];

test("the peer's close frame is answered with its code and reason, and ends the wire cleanly", () => {
  for (const { make, mask } of both) {
    for (const code of SENDABLE) {
      const probe = make().receive(closeFrame(code, "why ☃", mask));
      assert.deepEqual(probe.events, [`closed ${code} "why ☃" clean`]);
      assert.deepEqual(probe.sent(), [`close ${code} "why ☃"`]);
      assert.equal(probe.wire.state, "closed");
    }
  }
});

test("an empty close frame is answered with an empty one, and told as 1005", () => {
  for (const { make, mask } of both) {
    const probe = make().receive(closeFrame(undefined, "", mask));
    assert.deepEqual(probe.events, ['closed 1005 "" clean']);
    assert.deepEqual(probe.sent(), ["close"]);
  }
});

test("a reason of 123 bytes is received and sent", () => {
  const reason = `${"é".repeat(61)}x`;
  assert.deepEqual(server().receive(closeFrame(1000, reason)).ends, [{ code: 1000, reason, wasClean: true }]);
  const probe = server();
  assert.equal(probe.wire.sendClose(1000, reason), true);
  assert.deepEqual(probe.sent(), [`close 1000 ${JSON.stringify(reason)}`]);
});

test("after our close frame messages are told until the peer's, and the wire ends with our code", () => {
  for (const { make, mask } of both) {
    const probe = make();
    assert.equal(probe.wire.sendClose(4001, "ours"), true);
    assert.equal(probe.wire.state, "closing");
    probe.receive(text("one", mask), frame({ opcode: BINARY, payload: [2], ...mask }), text("three", mask));
    assert.deepEqual(probe.events, ['text "one"', "binary 02", 'text "three"']);
    probe.receive(closeFrame(1000, "theirs", mask));
    assert.equal(probe.events.at(-1), 'closed 4001 "ours" clean');
    assert.deepEqual(probe.sent(), ['close 4001 "ours"']);
  }
});

test("an empty close frame of ours ends with 1005, whatever the peer answers", () => {
  const probe = server();
  probe.wire.sendClose();
  probe.receive(closeFrame(1000, "theirs"));
  assert.deepEqual(probe.events, ['closed 1005 "" clean']);
  assert.deepEqual(probe.sent(), ["close"]);
});

test("nothing is sent after a close frame, not even a pong", () => {
  const probe = server();
  probe.wire.sendClose(1000);
  assert.equal(probe.wire.sendMessage("late"), false);
  assert.equal(probe.wire.sendPing(), false);
  assert.equal(probe.wire.sendPong(), false);
  assert.equal(probe.wire.sendClose(1001), false);
  probe.receive(frame({ opcode: PING, payload: "x" }));
  probe.wire.backedUp = true;
  probe.receive(frame({ opcode: PING, payload: "y" }));
  probe.wire.backedUp = false;
  assert.deepEqual(probe.sent(), ['close 1000 ""']);
  probe.receive(closeFrame(1000));
  assert.equal(probe.wire.sendMessage("later"), false);
  assert.equal(probe.wire.sendPing(), false);
  assert.equal(probe.wire.sendClose(1001), false);
  assert.deepEqual(probe.sent(), []);
});

test("nothing is told after the end, whatever still comes", () => {
  const endings: readonly ((probe: Probe) => void)[] = [
    (probe) => probe.receive(closeFrame(1000)),
    (probe) => probe.receive(frame({ opcode: 3 })),
    (probe) => probe.wire.fail(1011, ""),
    (probe) => probe.wire.receiveEnd(),
  ];
  for (const end of endings) {
    const probe = server();
    end(probe);
    const events = [...probe.events];
    assert.equal(events.length, 1);
    probe.receive(text("late"), frame({ opcode: PONG }), closeFrame(1001));
    probe.wire.receiveEnd();
    probe.wire.fail(1011, "again");
    assert.deepEqual(probe.events, events);
  }
});

test("messages behind a close frame in the same read are not told", () => {
  const probe = server().receive(text("before"), closeFrame(1000), text("behind"));
  assert.deepEqual(probe.events, ['text "before"', 'closed 1000 "" clean']);
});

test("a stream that ends without a close frame is 1006", () => {
  for (const bytes of [[], [0x81], [...text("cut").slice(0, 7)]]) {
    const probe = server();
    probe.receive(Uint8Array.from(bytes));
    probe.wire.receiveEnd();
    assert.deepEqual(probe.events, ['closed 1006 "" unclean']);
    assert.deepEqual(probe.sent(), []);
    assert.equal(probe.wire.state, "closed");
  }
});

test("a stream that ends after our close frame has our code, and was not clean", () => {
  const probe = server();
  probe.wire.sendClose(1001, "bye");
  probe.wire.receiveEnd();
  assert.deepEqual(probe.events, ['closed 1001 "bye" unclean']);
});

test("fail puts out a close frame and ends at once with its code", () => {
  for (const make of [server, client]) {
    const probe = make();
    probe.send("before");
    probe.wire.fail(1013, "retry=100");
    assert.deepEqual(probe.events, ['closed 1013 "retry=100" unclean']);
    assert.deepEqual(probe.sent(), ['text "before"', 'close 1013 "retry=100"']);
  }
});

test("fail after our close frame keeps its code and sends no second one", () => {
  const probe = server();
  probe.wire.sendClose(1001, "going");
  probe.wire.fail(1011, "worse");
  assert.deepEqual(probe.events, ['closed 1001 "going" unclean']);
  assert.deepEqual(probe.sent(), ['close 1001 "going"']);
});

test("a close that must not be sent throws, and leaves the wire open", () => {
  const bad: readonly (readonly [code: number | undefined, reason: string])[] = [
    ...[
      0,
      1,
      999,
      1004,
      1005,
      1006,
      1015,
      1016,
      2000,
      2999,
      5000,
      65_536,
      -1,
      1000.5,
      3000.5,
      Number.NaN,
    ].map((code) => [code, ""] as const),
    [1000, "x".repeat(124)],
    [1000, "é".repeat(62)],
    [undefined, "a reason without a code"],
  ];
  for (const [code, reason] of bad) {
    const probe = server();
    const expected = { name: "WirehallError", code: "INVALID_CLOSE" };
    assert.throws(() => probe.wire.sendClose(code, reason), expected, `${code} ${reason}`);
    if (code !== undefined) assert.throws(() => probe.wire.fail(code, reason), expected);
    assert.throws(() => encodeClosePayload(code, reason), expected);
    assert.equal(probe.wire.state, "open");
    assert.equal(probe.wire.outputBytes, 0);
  }
  assert.throws(() => encodeClosePayload(1000, "é".repeat(62)), { message: /124 bytes.*123/ });
});

test("exactly the registered and private close codes may be on the wire", () => {
  const codes = Array.from({ length: 6000 }, (_, code) => code).filter(isCloseCode);
  assert.equal(codes.length, 4 + 8 + 2000);
  for (const code of SENDABLE) assert.ok(codes.includes(code), `${code}`);
});

test("close frames cross: each side ends with what it sent", () => {
  const [left, right] = [client(), server()];
  left.wire.sendClose(4000, "left");
  right.wire.sendClose(4001, "right");
  const [fromLeft, fromRight] = [left.takeBytes(), right.takeBytes()];
  left.receive(fromRight);
  right.receive(fromLeft);
  assert.deepEqual(left.events, ['closed 4000 "left" clean']);
  assert.deepEqual(right.events, ['closed 4001 "right" clean']);
  assert.equal(left.wire.outputBytes + right.wire.outputBytes, 0);
});

test("the sink may send and close while it is told a message", () => {
  const probe = server();
  probe.on.message = (data) => {
    if (data === "close") probe.wire.sendClose(4002, "asked");
    else probe.send(`echo ${data}`);
  };
  probe.receive(text("a"), text("close"), text("b"), closeFrame(4002));
  assert.deepEqual(probe.events, ['text "a"', 'text "close"', 'text "b"', 'closed 4002 "asked" clean']);
  assert.deepEqual(probe.sent(), ['text "echo a"', 'close 4002 "asked"']);
});

test("a wire that its sink fails or ends stops reading there", () => {
  const stops: readonly (readonly [stop: (probe: Probe) => void, end: string])[] = [
    [(probe) => probe.wire.fail(1013, "slow"), 'closed 1013 "slow" unclean'],
    [(probe) => probe.wire.receiveEnd(), 'closed 1006 "" unclean'],
  ];
  for (const [stop, end] of stops) {
    const probe = server();
    probe.on.message = () => stop(probe);
    probe.receive(text("one"), text("two"), frame({ opcode: 3 }));
    assert.deepEqual(probe.events, ['text "one"', end]);
  }
});

test("a sink that throws ends the wire with 1011, and the exception comes out of receive", () => {
  for (const kind of ["message", "pong"] as const) {
    const probe = server();
    probe.on[kind] = () => {
      throw new Error("the sink's own");
    };
    const bytes = kind === "message" ? text("x") : frame({ opcode: PONG });
    assert.throws(() => probe.receive(bytes, text("never told")), { message: "the sink's own" });
    assert.equal(probe.events.length, 2);
    assert.equal(probe.events[1], 'closed 1011 "" unclean');
    assert.deepEqual(probe.sent(), ['close 1011 ""']);
    probe.receive(text("ignored"));
    assert.equal(probe.events.length, 2);
  }
});

test("a sink that throws in closed has been told, and is not told again", () => {
  const probe = server();
  probe.on.closed = () => {
    throw new Error("in closed");
  };
  assert.throws(() => probe.receive(closeFrame(1000)), { message: "in closed" });
  assert.equal(probe.wire.state, "closed");
  probe.wire.receiveEnd();
  assert.deepEqual(probe.events, ['closed 1000 "" clean']);
  assert.deepEqual(probe.sent(), ['close 1000 ""']);
});

test("receive inside receive is the caller's bug", () => {
  const probe = server();
  let caught: unknown;
  probe.on.message = () => {
    try {
      probe.receive(text("inner"));
    } catch (error) {
      caught = error;
    }
  };
  probe.receive(text("outer"));
  assert.equal((caught as { code?: string }).code, "REENTRANT_RECEIVE");
  assert.deepEqual(probe.received, ["outer"]);
});

test("two wires may feed each other from inside their sinks", () => {
  const [left, right] = [client(), server()];
  right.on.message = (data) => right.send(`re: ${data}`);
  left.on.message = (data) => {
    if (left.received.length < 4) left.send(data);
  };
  left.send("x");
  for (let round = 0; round < 10; round++) {
    right.receive(left.takeBytes());
    left.receive(right.takeBytes());
  }
  assert.deepEqual(left.received, ["re: x", "re: re: x", "re: re: re: x", "re: re: re: re: x"]);
});

test("each ping is answered with a pong of its payload, in order with what is sent", () => {
  for (const { make, mask } of both) {
    const probe = make();
    probe.on.message = (data) => probe.send(data);
    const long = new Uint8Array(125).fill(5);
    probe.receive(
      frame({ opcode: PING, ...mask }),
      text("m", mask),
      frame({ opcode: PING, payload: "one", ...mask }),
      frame({ opcode: PING, payload: long, ...mask }),
    );
    assert.deepEqual(probe.sent(), ["pong ", 'text "m"', "pong 6f6e65", `pong ${hex(long)}`]);
  }
});

test("while output is backed up only the latest pong owed is kept", () => {
  const probe = server();
  probe.wire.backedUp = true;
  assert.equal(probe.wire.backedUp, true);
  for (let index = 0; index < 1000; index++) probe.receive(frame({ opcode: PING, payload: `${index}` }));
  assert.equal(probe.wire.outputBytes, 0);
  probe.wire.backedUp = false;
  assert.deepEqual(
    readFrames(probe.takeBytes()).map((each) => new TextDecoder().decode(each.payload)),
    ["999"],
  );
  probe.wire.backedUp = false;
  assert.equal(probe.wire.outputBytes, 0);
  probe.receive(frame({ opcode: PING, payload: "next" }));
  assert.equal(probe.sent().length, 1);
});

test("a pong that is owed when the wire closes is not sent", () => {
  const probe = server();
  probe.wire.backedUp = true;
  probe.receive(frame({ opcode: PING, payload: "owed" }));
  probe.wire.sendClose(1000);
  probe.wire.backedUp = false;
  assert.deepEqual(probe.sent(), ['close 1000 ""']);
});

test("a pong's payload is the receiver's own", () => {
  const probe = server();
  let payload: Uint8Array = new Uint8Array(0);
  probe.on.pong = (bytes) => {
    payload = bytes;
  };
  const bytes = frame({ opcode: PONG, payload: [1, 2, 3] });
  probe.wire.receive(bytes);
  bytes.fill(0);
  assert.deepEqual(payload, Uint8Array.of(1, 2, 3));
});
