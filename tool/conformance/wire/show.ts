const names: Readonly<Record<number, string>> = {
  0: "Continuation",
  1: "Text",
  2: "Binary",
  8: "Close",
  9: "Ping",
  10: "Pong",
};

/** What people call a frame of this opcode. */
export function nameOf(opcode: number): string {
  return names[opcode] ?? `Opcode 0x${opcode.toString(16)}`;
}

/** Bytes for people: as text where they are printable ASCII, else as hex, at most 24 of them. */
export function show(bytes: Uint8Array): string {
  if (bytes.length === 0) return "(empty)";
  const part = Buffer.from(bytes.subarray(0, 24));
  const rest = bytes.length > 24 ? `… (${bytes.length} bytes)` : "";
  const printable = part.every((byte) => byte >= 0x20 && byte < 0x7f);
  return `${printable ? JSON.stringify(part.toString("latin1")) : part.toString("hex")}${rest}`;
}

/** A close frame for people. */
export function showClose(code: number | undefined, reason: Uint8Array): string {
  if (code === undefined) return "Close without a code";
  return `Close ${code}${reason.length === 0 ? "" : ` ${show(reason)}`}`;
}
