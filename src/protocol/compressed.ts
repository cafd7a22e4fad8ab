import type { Deflater } from "./compress.ts";
import { encodeBytes, type RandomBytes } from "./encode.ts";
import { BINARY, COMPRESSED, TEXT } from "./opcode.ts";
import type { Slice } from "./output.ts";
import { SharedMessage, sharedDeflated } from "./shared.ts";
import { encodeUtf8, type TextCodec } from "./text.ts";

const MAX_BYTES_PER_CHAR = 3;

/**
 * Encodes a message as one compressed frame (RFC 7692 6.1), masked where `randomBytes` is given; undefined where it is
 * below the threshold, or no shorter for it.
 */
export function encodeCompressed(
  message: string | Uint8Array | SharedMessage,
  deflater: Deflater,
  text: TextCodec,
  randomBytes: RandomBytes | undefined,
): Slice | undefined {
  if (message instanceof SharedMessage) return sharedDeflated(message, text, deflater);
  if (message.length * MAX_BYTES_PER_CHAR < deflater.thresholdBytes) return undefined;
  const isText = typeof message === "string";
  const bytes = isText ? encodeUtf8(message) : message;
  // What is no message at all is refused where it would be sent as it is.
  if (bytes.length < deflater.thresholdBytes || bytes.BYTES_PER_ELEMENT !== 1) return undefined;
  const deflated = deflater.deflate(bytes);
  if (deflated === undefined) return undefined;
  return encodeBytes(COMPRESSED | (isText ? TEXT : BINARY), deflated, 0, deflated.length, randomBytes);
}
