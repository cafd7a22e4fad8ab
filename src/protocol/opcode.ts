// RFC 6455 5.2. 0x3-0x7 and 0xB-0xF are reserved.
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** RSV1 beside an opcode: on the first frame of a message that is compressed (RFC 7692 6). */
export const COMPRESSED = 0x40;

/** Whether the opcode is of a control frame: its most significant bit is 1 (RFC 6455 5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= CLOSE;
}

/** Whether RFC 6455 11.8 defines the opcode. */
export function isDefined(opcode: number): boolean {
  return opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
}
