import type { MutantGroup } from "../mutant.ts";

const frame = "src/protocol/frame.ts";
const message = "src/protocol/message.ts";
const reader = "src/protocol/reader.ts";
const wire = "src/protocol/wire.ts";
const limits = "src/endpoint/limits.ts";

export const fragments: MutantGroup = {
  title: "Fragments",
  mutants: [
    {
      name: "takes a continuation that continues nothing",
      file: reader,
      find: "if (opcode === CONTINUATION && partial === undefined) {",
      replace: "if (false) {",
      kills: ["4.5.1", "4.5.2", "4.5.3", "4.5.4", "4.5.5", "4.5.6", "4.5.7"],
    },
    {
      name: "takes a new message inside a message for more of it",
      file: reader,
      find: "} else if (opcode !== CONTINUATION && partial !== undefined) {",
      replace: "} else if (false) {",
      kills: ["4.5.8", "4.5.9", "4.5.10", "4.5.11", "4.5.12"],
    },
    {
      name: "delivers a short message inside a message",
      file: reader,
      find: "if (this.#partial !== undefined || this.#cutFrame",
      replace: "if (this.#cutFrame",
      kills: ["4.5.8", "4.5.9", "4.5.11"],
    },
    {
      name: "delivers each fragment as a message",
      file: reader,
      find: "if (!fin || missingBytes > 0) return NOTHING;",
      replace: "if (missingBytes > 0) return NOTHING;",
      kills: ["4.1.1", "4.4.7", "4.4.8"],
    },
    {
      name: "writes each fragment over the one before",
      file: message,
      find: "this.#buffer.set(chunk.subarray(start, end), this.bytes);",
      replace: "this.#buffer.set(chunk.subarray(start, end), 0);",
      kills: ["4.1.1", "4.1.3", "10.3.3"],
    },
    {
      name: "loses the fragments before where a message outgrows its buffer",
      file: message,
      find: "grown.set(this.#buffer.subarray(0, this.bytes));",
      replace: "",
      kills: ["4.3.4", "4.3.5"],
    },
    {
      name: "delivers a fragmented message with the room behind it",
      file: message,
      find: "return this.#buffer.length === this.bytes ? this.#buffer :",
      replace: "return this.#buffer.length > 0 ? this.#buffer :",
      kills: ["4.1.3", "4.1.7"],
    },
    {
      name: "delivers a fragmented text as binary",
      file: reader,
      find: "new PartialMessage(opcode === TEXT, compressed)",
      replace: "new PartialMessage(false, compressed)",
      kills: ["4.1.1", "4.2.1", "5.5.1"],
    },
    {
      name: "takes no more than 1,024 fragments",
      file: limits,
      find: "value: 131_072,",
      replace: "value: 1024,",
      kills: ["4.3.5"],
      tells: "unimplemented",
    },
    {
      name: "closes with 1007 for a continuation that continues nothing",
      file: reader,
      find: 'this.#fault(PROTOCOL_ERROR, "a continuation frame',
      replace: 'this.#fault(NOT_UTF8.code, "a continuation frame',
      kills: ["4.5.1", "4.5.4"],
    },
  ],
};

export const controls: MutantGroup = {
  title: "Pings, pongs and other control frames",
  mutants: [
    {
      name: "answers no ping",
      file: wire,
      find: "else this.#output.append(encodeBytes(PONG, payload,",
      replace: "else void (encodeBytes(PONG, payload,",
      kills: ["2.1.1", "2.2.1", "2.4.1", "4.4.1", "6.6.5"],
      hangs: true,
    },
    {
      name: "answers a ping by an empty pong",
      file: wire,
      find: "encodeBytes(PONG, payload, payloadStart, payloadEnd,",
      replace: "encodeBytes(PONG, payload, payloadStart, payloadStart,",
      kills: ["2.1.2", "2.1.5", "2.2.1", "4.4.1"],
    },
    {
      name: "answers a ping with one byte of it too few",
      file: wire,
      find: "encodeBytes(PONG, payload, payloadStart, payloadEnd,",
      replace: "encodeBytes(PONG, payload, Math.min(payloadStart + 1, payloadEnd), payloadEnd,",
      kills: ["2.1.2", "2.1.4", "2.1.5"],
    },
    {
      name: "answers a ping by a ping",
      file: wire,
      find: "encodeBytes(PONG, payload, payloadStart,",
      replace: "encodeBytes(PING, payload, payloadStart,",
      kills: ["2.1.1", "2.1.3", "2.2.3"],
      hangs: true,
    },
    {
      name: "answers only the latest ping of a read",
      file: wire,
      find: "else if (event === NOTHING) return;",
      replace:
        "else if (event === NOTHING) return void (this.backedUp = false);\n      else this.#backedUp = true;\n      if (event === MESSAGE) continue;",
      kills: ["2.2.1", "2.4.2", "4.4.5"],
    },
    {
      name: "answers a pong by a pong",
      file: wire,
      find: "} else if (opcode === PONG) {",
      replace: "} else if (false) {",
      kills: ["2.3.1", "2.3.2", "2.3.3", "2.3.5", "2.4.4", "4.4.3"],
    },
    {
      name: "forgets a message at a control frame between its fragments",
      file: reader,
      find: "this.opcode = opcode;",
      replace: "this.opcode = opcode;\n    this.#partial = undefined;",
      kills: ["2.4.1", "2.4.2", "2.4.4", "4.4.1", "4.4.3"],
    },
    {
      name: "puts the pieces of a control frame over each other",
      file: reader,
      find: "frame.payloadBytes - frame.missingBytes - (end - start)",
      replace: "0",
      kills: [["2.1.8", "2.1.10", "6.1.6"]],
    },
    {
      name: "takes control frames of over 125 bytes",
      file: frame,
      find: "if (length > MAX_CONTROL_BYTES && isControl(header.opcode)) {",
      replace: "if (false) {",
      kills: ["2.5.1", "2.5.2", "2.5.3"],
    },
    {
      name: "takes control frames with a 16-bit length",
      file: frame,
      find: "if (length > MAX_CONTROL_BYTES && isControl(header.opcode)) {",
      replace: "if (length > 126 && isControl(header.opcode)) {",
      kills: ["2.5.1", "2.5.3"],
    },
    {
      name: "refuses control frames of 125 bytes",
      file: frame,
      find: "if (length > MAX_CONTROL_BYTES && isControl(header.opcode)) {",
      replace: "if (length >= MAX_CONTROL_BYTES && isControl(header.opcode)) {",
      kills: ["2.1.5", "2.3.3", "6.1.4"],
    },
    {
      name: "takes control frames without FIN",
      file: frame,
      find: "if (isControl(header.opcode) && !header.fin) {",
      replace: "if (false) {",
      kills: ["2.5.4", "2.5.6", "2.5.7", "6.4.17"],
    },
  ],
};
