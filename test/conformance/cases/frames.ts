import assert from "node:assert/strict";
import { encodeFrame, opcodes } from "../../support/raw-frames.ts";
import type { Group } from "../case.ts";

const { continuation, text, binary, ping, pong } = opcodes;

export const frames: Group = {
  title: "fragments and control frames",
  cases: [
    {
      name: "fragments: a text in three frames is one message",
      async run(target) {
        const client = await target.open("/echo");
        client.send(
          { opcode: text, payload: "one ", fin: false },
          { opcode: continuation, payload: "two ", fin: false },
          { opcode: continuation, payload: "three" },
        );
        assert.equal(await client.message(), "one two three");
      },
    },
    {
      name: "fragments: empty ones are allowed, and a character may be split between two",
      async run(target) {
        const client = await target.open("/echo");
        const euro = Buffer.from("€");
        client.send(
          { opcode: text, payload: "", fin: false },
          { opcode: continuation, payload: euro.subarray(0, 1), fin: false },
          { opcode: continuation, payload: "", fin: false },
          { opcode: continuation, payload: euro.subarray(1), fin: false },
          { opcode: continuation, payload: "" },
        );
        assert.equal(await client.message(), "€");
      },
    },
    {
      name: "fragments: a binary message in 5,000 of them is one message",
      async run(target) {
        const client = await target.open("/echo");
        const count = 5_000;
        client.send(
          ...Array.from({ length: count }, (_, i) => ({
            opcode: i === 0 ? binary : continuation,
            payload: Uint8Array.of(i & 255, i >> 8),
            fin: i === count - 1,
          })),
        );
        const whole = (await client.message()) as Uint8Array;
        assert.equal(whole.length, 2 * count);
        for (let i = 0; i < count; i++) assert.equal(whole[2 * i] + 256 * whole[2 * i + 1], i);
      },
    },
    {
      name: "fragments: more than 131,072 of them close with 1008",
      needs: "fragmentLimit",
      async run(target) {
        const client = await target.open("/echo");
        client.send({ opcode: binary, fin: false });
        const more = encodeFrame({ opcode: continuation, payload: "x", fin: false });
        client.socket.write(Buffer.concat(Array.from({ length: 131_072 }, () => more)));
        assert.equal((await client.ended()).code, 1008);
      },
    },
    {
      name: "control frames: a ping between fragments is answered before the message is whole",
      async run(target) {
        const client = await target.open("/echo");
        client.send({ opcode: text, payload: "one ", fin: false }, { opcode: ping, payload: "between" });
        const answer = await client.frame("the pong");
        assert.equal(answer.opcode, pong);
        assert.equal(answer.payload.toString(), "between");
        client.send({ opcode: continuation, payload: "two" });
        assert.equal(await client.message(), "one two");
      },
    },
    {
      name: "control frames: a ping of 0 and of 125 bytes gets the same bytes back",
      async run(target) {
        const client = await target.open("/echo");
        for (const payload of ["", "p".repeat(125)]) {
          client.ping(payload);
          const answer = await client.frame("the pong");
          assert.equal(answer.opcode, pong);
          assert.equal(answer.payload.toString(), payload);
        }
      },
    },
    {
      name: "control frames: pongs that nobody asked for are ignored",
      async run(target) {
        const client = await target.open("/echo");
        client.send({ opcode: pong, payload: "unasked" }, { opcode: pong });
        client.text("still here");
        assert.equal(await client.message(), "still here");
      },
    },
    {
      name: "control frames: 10,000 pings are survived, and the last is answered",
      async run(target) {
        const client = await target.open("/echo");
        client.send(...Array.from({ length: 10_000 }, (_, i) => ({ opcode: ping, payload: String(i) })));
        let last = "";
        while (last !== "9999") {
          const frame = await client.frame("a pong");
          assert.equal(frame.opcode, pong);
          last = frame.payload.toString();
        }
        client.text("still here");
        assert.equal(await client.message(), "still here");
      },
    },
    {
      name: "ping: the server pings with a payload",
      needs: "ping",
      async run(target) {
        const client = await target.open("/echo");
        client.text("ping");
        const frame = await client.frame("the ping");
        assert.equal(frame.opcode, ping);
        assert.equal(frame.payload.toString(), "ping");
        client.send({ opcode: pong, payload: frame.payload });
        client.text("still here");
        assert.equal(await client.message(), "still here");
      },
      async otherwise(target) {
        const client = await target.open("/echo");
        client.text("ping");
        assert.equal(await client.message(), "error:CAPABILITY");
      },
    },
  ],
};
