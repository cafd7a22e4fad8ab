import assert from "node:assert/strict";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { RawClient } from "./raw-client.ts";
import { opcodes } from "./raw-frames.ts";
import type { Target } from "./target.ts";

/** RFC 7692 by node:zlib alone, for the tests: nothing here may come from src, or both would share a bug. */

const tail = Buffer.of(0x00, 0x00, 0xff, 0xff);
const RSV1 = 4;

/** A message's data as a peer sends it; `history` is what it said before, where takeover was agreed. */
export function deflated(data: string | Uint8Array, history?: Uint8Array): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, dictionary: history };
  return deflateRawSync(data, options).subarray(0, -tail.length);
}

export function inflated(data: Uint8Array, history?: Uint8Array): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, dictionary: history };
  return inflateRawSync(Buffer.concat([data, tail]), options);
}

/** A WebSocket whose handshake offered this, and what was answered, sorted; undefined for nothing. */
export async function openOffering(
  target: Target,
  offer: string,
  path = "/echo",
): Promise<{ client: RawClient; accepted: string | undefined }> {
  const headers = [["sec-websocket-extensions", offer]] as const;
  const { client, answer } = await target.openWithAnswer({ path, headers });
  return { client, accepted: sorted(answer.header("sec-websocket-extensions") ?? "") };
}

/** The parameters of one extension in the order of the alphabet, which has no meaning. */
function sorted(extension: string): string | undefined {
  const [name, ...parameters] = extension.split(";").map((part) => part.trim());
  return name === "" ? undefined : [name, ...parameters.sort()].join("; ");
}

/** Sends a message in one compressed frame. */
export function sendDeflated(client: RawClient, data: string | Uint8Array, history?: Uint8Array): void {
  const opcode = typeof data === "string" ? opcodes.text : opcodes.binary;
  sendPacked(client, opcode, deflated(data, history));
}

/** Sends DEFLATE data, whatever it is, in one frame or several. */
export function sendPacked(client: RawClient, opcode: number, ...fragments: readonly Uint8Array[]): void {
  const last = fragments.length - 1;
  client.send(
    ...fragments.map((payload, i) => ({
      opcode: i === 0 ? opcode : opcodes.continuation,
      rsv: i === 0 ? RSV1 : 0,
      fin: i === last,
      payload,
    })),
  );
}

/** The next message, which must have come compressed; with the size of its frames' payload. */
export async function readDeflated(
  client: RawClient,
  history?: Uint8Array,
): Promise<{ data: Buffer; packedBytes: number }> {
  const parts: Buffer[] = [];
  for (let fin = false; !fin; ) {
    const frame = await client.frame("a compressed message");
    assert.equal(
      frame.rsv,
      parts.length === 0 ? RSV1 : 0,
      "RSV1 is on the first frame of a compressed message",
    );
    parts.push(frame.payload);
    fin = frame.fin;
  }
  const packed = Buffer.concat(parts);
  return { data: inflated(packed, history), packedBytes: packed.length };
}
