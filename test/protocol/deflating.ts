import assert from "node:assert/strict";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { zlibDeflate } from "../../runtimes/node/zlib.ts";
import type { DeflateDirection, DeflatePlatform, WireOptions } from "../../src/protocol/mod.ts";
import { bytesOf, concat, readFrames, type SeenFrame, seeded } from "./frames.ts";
import type { Probe } from "./probe.ts";

/** RFC 7692 for the tests: what peers send is made by node:zlib alone. */

export const RSV1 = 4;
export const TAIL: Uint8Array = Uint8Array.of(0, 0, 0xff, 0xff);

/** A message's DEFLATE data, made by the test itself. */
export function deflated(data: Uint8Array | string, options: { level?: number } = {}): Uint8Array {
  const whole = deflateRawSync(bytesOf(data), { finishFlush: constants.Z_SYNC_FLUSH, ...options });
  return new Uint8Array(whole.subarray(0, -4));
}

export function inflated(data: Uint8Array, dictionary?: Uint8Array): Uint8Array {
  const bytes = inflateRawSync(concat(data, TAIL), { finishFlush: constants.Z_SYNC_FLUSH, dictionary });
  return new Uint8Array(bytes);
}

export interface Agreed {
  takeover?: boolean;
  windowBits?: number;
  thresholdBytes?: number;
  platform?: DeflatePlatform;
}

export function compressing(agreed: Agreed = {}): Pick<WireOptions, "deflate"> {
  const { takeover = false, windowBits = 15, thresholdBytes = 0, platform = zlibDeflate } = agreed;
  const direction: DeflateDirection = { windowBits, contextTakeover: takeover };
  return { deflate: { agreement: { send: direction, receive: direction }, platform, thresholdBytes } };
}

export function sentBy(probe: Probe): SeenFrame[] {
  return readFrames(probe.takeBytes(), RSV1);
}

/** Bytes that compress to about half. */
export function sample(size: number, seed = 1): Uint8Array {
  const random = seeded(seed);
  return Uint8Array.from({ length: size }, () => 97 + Math.floor(random() * 12));
}

export function noise(size: number): Uint8Array {
  const random = seeded(7);
  return Uint8Array.from({ length: size }, () => Math.floor(random() * 256));
}

export function closedWith(probe: Probe, code: number): void {
  assert.deepEqual(
    probe.ends.map((end) => end.code),
    [code],
    probe.events.join(),
  );
}
