import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeClientFrame, decodeServerFrame, encodeClientFrame } from "../../src/subprotocol/mod.ts";

const page = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");

/** The lines of the JSON blocks in one chapter of the page. */
function examples(chapter: string): string[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? "";
  return [...text.matchAll(/^```json\n(.*?)^```$/gms)].flatMap(([, lines]) => lines.trim().split("\n"));
}

for (const [side, decode, types] of [
  ["client", decodeClientFrame, ["call", "hello", "message"]],
  [
    "server",
    decodeServerFrame,
    ["ack", "error", "gap", "live", "message", "nack", "presence", "reply", "welcome"],
  ],
] as const) {
  test(`the page's examples of what a ${side} sends are frames, of each type one`, () => {
    const frames = examples(`Frames of the ${side}`).map((line) => {
      const frame = decode(line);
      assert.deepEqual(frame, JSON.parse(line), line);
      return frame;
    });
    assert.deepEqual([...new Set(frames.map(({ type }) => type))].sort(), types);
  });
}

test("the page's example of a binary message is what is sent", () => {
  const [, digits, envelope, payload] = /^([\d ]+) (\{.*\}) ([\d ]+)$/m.exec(page) ?? [];
  const message = encodeClientFrame({ type: "message", clientSeq: 9, data: Uint8Array.of(1, 2, 3) });
  const octets = (text: string) => text.split(" ").map((pair) => Number.parseInt(pair, 16));
  assert.deepEqual(
    [...(message as Uint8Array)],
    [...octets(digits), ...new TextEncoder().encode(envelope), ...octets(payload)],
  );
});
