import assert from "node:assert/strict";
import { opcodes } from "../../support/raw-frames.ts";
import type { Note, Target } from "../../support/target.ts";
import type { Case, Group } from "../case.ts";

/** The close that the handler saw, which must have been the only one. */
async function closeOf(target: Target, key: string): Promise<Note> {
  await target.notes(key, 1, "close");
  // Whatever would call it a second time has had a whole other connection's life to do so.
  const other = target.newKey();
  const client = await target.open(`/echo?key=${other}`);
  client.close(1000);
  await client.ended();
  await target.notes(other, 1, "close");
  const closes = (await target.notes(key, 1, "close")).filter(({ event }) => event === "close");
  assert.equal(closes.length, 1, `close was called ${closes.length} times: ${JSON.stringify(closes)}`);
  const { event, aborted, ...end } = closes[0];
  assert.equal(aborted, true, "the signal has aborted by then");
  return end as unknown as Note;
}

const fromClient = (code: number, reason: string): Case => ({
  name: `close: the client closes with ${code}${reason === "" ? "" : " and a reason"}`,
  async run(target) {
    const key = target.newKey();
    const client = await target.open(`/echo?key=${key}`);
    client.text("last");
    client.close(code, reason);
    assert.equal(await client.message(), "last");
    const end = await client.ended();
    // RFC 6455, 5.5.1: the answer "typically echos the status code"; of the reason it says nothing.
    assert.deepEqual({ code: end.code, tcp: end.tcp }, { code, tcp: "fin" });
    assert.deepEqual(await closeOf(target, key), { code, reason, wasClean: true });
  },
});

/** Where the runtime does not wait for the client's answer, it can't be known how clean it was. */
function assertEnd(target: Target, end: Note, code: number, reason: string): void {
  const { wasClean, ...rest } = end as unknown as { code: number; reason: string; wasClean: boolean };
  assert.deepEqual(rest, { code, reason });
  if (target.can("closeReply")) assert.equal(wasClean, true, "wasClean");
}

const fromServer = (code: number, reason: string): Case => ({
  name: `close: the server closes with ${code}${reason === "" ? "" : " and a reason"}`,
  async run(target) {
    const key = target.newKey();
    const client = await target.open(`/echo?key=${key}`);
    client.text(`close:${code}${reason === "" ? "" : `:${reason}`}`);
    assert.deepEqual(await client.endedByServer(), { code, reason, tcp: "fin" });
    assertEnd(target, await closeOf(target, key), code, reason);
  },
});

const refusedByServer = (code: number): Case => ({
  name: `close: asking for ${code} throws INVALID_CLOSE and closes nothing`,
  async run(target) {
    const client = await target.open("/echo");
    client.text(`close:${code}`);
    assert.equal(await client.message(), "error:INVALID_CLOSE");
    client.text("still here");
    assert.equal(await client.message(), "still here");
  },
});

export const close: Group = {
  title: "close",
  cases: [
    ...[1000, 1001, 1011, 3000, 4999].map((code) => fromClient(code, "")),
    {
      name: "close: the client closes with 1014, which came after RFC 6455 and not every runtime knows",
      async run(target) {
        const client = await target.open("/echo");
        client.close(1014);
        const { code } = await client.ended();
        assert.ok(
          code === 1014 || (target.transport === "native" && code === 1002),
          `the server sent ${code}`,
        );
      },
    },
    fromClient(1000, "all done"),
    fromClient(4321, "€".repeat(41)),
    {
      name: "close: the client closes without a code",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.close();
        assert.deepEqual(await client.ended(), { code: 1005, reason: "", tcp: "fin" });
        assert.deepEqual(await closeOf(target, key), { code: 1005, reason: "", wasClean: true });
      },
    },
    ...[1000, 1001, 1008, 1011, 1013, 3003, 4000].map((code) => fromServer(code, "")),
    fromServer(1000, "all done"),
    fromServer(4567, "€".repeat(41)),
    {
      name: "close: the server closes without a code",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.text("close");
        assert.deepEqual(await client.endedByServer(), { code: 1005, reason: "", tcp: "fin" });
        assertEnd(target, await closeOf(target, key), 1005, "");
      },
    },
    ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000].map(refusedByServer),
    {
      name: "close: a reason over 123 bytes throws INVALID_CLOSE",
      async run(target) {
        const client = await target.open("/echo");
        client.text(`close:1000:${"€".repeat(42)}`);
        assert.equal(await client.message(), "error:INVALID_CLOSE");
      },
    },
    {
      name: "close: after a close frame of the client nothing it sends is delivered",
      async run(target) {
        const client = await target.open("/echo");
        client.text("before");
        client.send({ opcode: opcodes.close }, { opcode: opcodes.text, payload: "after" });
        assert.equal(await client.message(), "before");
        assert.equal((await client.ended()).code, 1005);
      },
    },
    {
      name: "close: after the server's close frame nothing more is sent, and messages are no longer delivered",
      needs: "closeDelivery",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/order/closing?key=${key}`);
        assert.equal(await client.message(), "last words");
        client.text("too late", "for you");
        assert.deepEqual(await client.endedByServer(), { code: 4001, reason: "goodbye", tcp: "fin" });
        assertEnd(target, await closeOf(target, key), 4001, "goodbye");
        const notes = await target.notes(key, 1);
        assert.deepEqual(
          notes.map(({ event }) => event),
          ["open", "sent", "close"],
        );
        assert.equal(notes[1].accepted, false, "send after close returns false");
      },
    },
    {
      name: "close: both at once end it once, with the code of the first",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.text("close:4100:mine");
        client.close(4200, "yours");
        const { code, tcp } = await client.ended();
        assert.equal(tcp, "fin");
        const end = await closeOf(target, key);
        // A runtime's own WebSocket may have read and answered our frame before the handler had its turn.
        const either = target.transport === "native";
        assert.ok(code === 4100 || (either && code === 4200), `the server sent ${code}`);
        assert.ok(end.code === 4100 || (either && end.code === 4200), `close told ${end.code}`);
      },
    },
    {
      name: "close: a reset is 1006, not clean",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.text("hello");
        await client.message();
        client.socket.reset();
        assert.deepEqual(await closeOf(target, key), { code: 1006, reason: "", wasClean: false });
      },
    },
    {
      name: "close: a FIN without a close frame is 1006, and the server ends its side too",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.text("hello");
        await client.message();
        client.socket.finish();
        await client.ended();
        assert.deepEqual(await closeOf(target, key), { code: 1006, reason: "", wasClean: false });
      },
    },
    {
      name: "close: a FIN in the middle of a frame is 1006",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.socket.write(Buffer.from("81ff", "hex"));
        client.socket.finish();
        await client.ended();
        assert.deepEqual(await closeOf(target, key), { code: 1006, reason: "", wasClean: false });
      },
    },
    {
      name: "close: terminate drops the connection without a close frame, as 1006",
      needs: "terminate",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/echo?key=${key}`);
        client.text("terminate");
        assert.equal((await client.ended()).code, undefined);
        assert.deepEqual(await closeOf(target, key), { code: 1006, reason: "", wasClean: false });
      },
    },
    {
      name: "close: a peer that answers no close frame is dropped after closeTimeoutMs",
      needs: "terminate",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/order/impatient?key=${key}`);
        assert.equal(await client.message(), "last words");
        const { code, reason } = await client.ended();
        assert.deepEqual({ code, reason }, { code: 4001, reason: "goodbye" });
        assert.deepEqual(await closeOf(target, key), { code: 4001, reason: "goodbye", wasClean: false });
      },
    },
  ],
};
