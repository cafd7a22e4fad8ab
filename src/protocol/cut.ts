import { MAX_HEADER_BYTES } from "./frame.ts";

/** A frame of which the header has arrived, and not the whole payload. */
export interface CutFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly payloadBytes: number;
  key: number;
  missingBytes: number;
  /** The payload so far, of a control frame only. */
  readonly control: Uint8Array;
}

/** A header's first bytes with the bytes behind them that may be the rest of it. */
export function joinHeader(begun: Uint8Array, chunk: Uint8Array): Uint8Array {
  const rest = chunk.subarray(0, MAX_HEADER_BYTES - begun.length);
  const bytes = new Uint8Array(begun.length + rest.length);
  bytes.set(begun);
  bytes.set(rest, begun.length);
  return bytes;
}
