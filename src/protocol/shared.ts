import type { Deflater } from "./compress.ts";
import { encodeBytes, encodeText } from "./encode.ts";
import { payloadStart } from "./frame.ts";
import { BINARY, COMPRESSED, TEXT } from "./opcode.ts";
import type { Slice } from "./output.ts";
import { type TextCodec, utf8Bytes } from "./text.ts";

/** The message as an unmasked frame, for wires alone; a text is encoded at the first call. */
export let sharedFrame: (message: SharedMessage, text: TextCodec) => Slice;

/**
 * The message as a compressed frame, made once for each size of window; undefined where it is shorter as it is, or
 * below the threshold.
 */
export let sharedDeflated: (message: SharedMessage, text: TextCodec, deflater: Deflater) => Slice | undefined;

/**
 * A message for many wires, encoded once: server wires hand out the same bytes, client wires mask a copy.
 *
 * It is a snapshot: the caller's array may be overwritten afterwards. Meant to be sent and dropped, since a
 * small one keeps alive the 64 KiB of the pool that it lies in.
 */
export class SharedMessage {
  /** The message as it is for transports that make frames themselves. The array must not be written to. */
  readonly data: string | Uint8Array;
  #bytes: number | undefined;
  #frame: Slice | undefined;
  /** By the bits of the window; null where compressing does not shrink it. */
  #deflated: (Slice | null)[] | undefined;
  #lasting: Uint8Array | undefined;

  constructor(data: string | Uint8Array) {
    if (typeof data === "string") {
      this.data = data;
      return;
    }
    const { bytes, start, end } = encodeBytes(BINARY, data, 0, data.length, undefined);
    this.#frame = { bytes, start, end };
    this.data = bytes.subarray(end - data.length, end);
  }

  /** The bytes of the message, a text's as UTF-8; they are counted at the first call. */
  get bytes(): number {
    this.#bytes ??= typeof this.data === "string" ? utf8Bytes(this.data) : this.data.length;
    return this.#bytes;
  }

  /** The same as `data`, to be kept for long: it keeps nothing of the pool alive. Copied once, for all who ask. */
  get lasting(): string | Uint8Array {
    if (typeof this.data === "string") return this.data;
    this.#lasting ??= this.data.slice();
    return this.#lasting;
  }

  static {
    sharedFrame = (message, text) => {
      if (message.#frame !== undefined) return message.#frame;
      const { bytes, start, end } = encodeText(message.data as string, text, undefined);
      message.#frame = { bytes, start, end };
      return message.#frame;
    };

    sharedDeflated = (message, text, deflater) => {
      const payload = framePayload(sharedFrame(message, text));
      if (payload.length < deflater.thresholdBytes) return undefined;
      message.#deflated ??= [];
      let frame = message.#deflated[deflater.windowBits];
      if (frame === undefined) {
        frame = deflatedFrame(typeof message.data === "string" ? TEXT : BINARY, payload, deflater);
        message.#deflated[deflater.windowBits] = frame;
      }
      if (frame !== null) deflater.sent(payload);
      return frame ?? undefined;
    };
  }
}

function framePayload({ bytes, start, end }: Slice): Uint8Array {
  return bytes.subarray(payloadStart(bytes, start), end);
}

/** Without what a connection has said before, so that it is good for all. */
function deflatedFrame(opcode: number, payload: Uint8Array, deflater: Deflater): Slice | null {
  const deflated = deflater.platform.deflate(payload, deflater.windowBits, undefined);
  if (deflated.length >= payload.length) return null;
  const { bytes, start, end } = encodeBytes(COMPRESSED | opcode, deflated, 0, deflated.length, undefined);
  return { bytes, start, end };
}
