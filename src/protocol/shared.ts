import { encodeBytes, encodeText } from "./encode.ts";
import { BINARY } from "./opcode.ts";
import type { Slice } from "./output.ts";
import type { TextCodec } from "./text.ts";

/** The message as an unmasked frame, for wires alone; a text is encoded at the first call. */
export let sharedFrame: (message: SharedMessage, text: TextCodec) => Slice;

/**
 * A message for many wires, encoded once: server wires hand out the same bytes, client wires mask a copy.
 *
 * It is a snapshot: the caller's array may be overwritten afterwards. Meant to be sent and dropped, since a
 * small one keeps alive the 64 KiB of the pool that it lies in.
 */
export class SharedMessage {
  /** The message as it is for transports that make frames themselves. The array must not be written to. */
  readonly data: string | Uint8Array;
  #frame: Slice | undefined;

  constructor(data: string | Uint8Array) {
    if (typeof data === "string") {
      this.data = data;
      return;
    }
    const { bytes, start, end } = encodeBytes(BINARY, data, 0, data.length, undefined);
    this.#frame = { bytes, start, end };
    this.data = bytes.subarray(end - data.length, end);
  }

  static {
    sharedFrame = (message, text) => {
      if (message.#frame !== undefined) return message.#frame;
      const { bytes, start, end } = encodeText(message.data as string, text, undefined);
      message.#frame = { bytes, start, end };
      return message.#frame;
    };
  }
}
