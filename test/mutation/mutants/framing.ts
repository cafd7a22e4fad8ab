import type { MutantGroup } from "../mutant.ts";

const frame = "src/protocol/frame.ts";
const opcode = "src/protocol/opcode.ts";
const mask = "src/protocol/mask.ts";
const reader = "src/protocol/reader.ts";

export const lengths: MutantGroup = {
  title: "Lengths",
  mutants: [
    {
      name: "leaves room for a 16-bit length from 125 bytes on",
      file: frame,
      find: "(payloadBytes < 126 ? 2",
      replace: "(payloadBytes < 125 ? 2",
      kills: ["1.1.3", "1.1.11"],
    },
    {
      name: "leaves room for a 64-bit length from 65,535 bytes on",
      file: frame,
      find: "payloadBytes < 65_536 ? 4",
      replace: "payloadBytes < 65_535 ? 4",
      kills: ["1.1.7", "1.1.15"],
    },
    {
      name: "takes 126 bytes for too few for a 16-bit length",
      file: frame,
      find: "if (header.payloadBytes < 126) return",
      replace: "if (header.payloadBytes <= 126) return",
      kills: ["1.1.4", "1.1.12"],
    },
    {
      name: "takes 65,536 bytes for too few for a 64-bit length",
      file: frame,
      find: "if (header.payloadBytes < 65_536) return",
      replace: "if (header.payloadBytes <= 65_536) return",
      kills: ["1.1.8", "1.1.16"],
    },
    {
      name: "takes 16-bit lengths that need not be",
      file: frame,
      find: "if (header.payloadBytes < 126) return fault(header, notMinimal(header.payloadBytes, 16));",
      replace: "",
      kills: ["1.4.1", "1.4.2", "1.4.3"],
    },
    {
      name: "takes 64-bit lengths that need not be",
      file: frame,
      find: "if (header.payloadBytes < 65_536) return fault(header, notMinimal(header.payloadBytes, 64));",
      replace: "",
      kills: ["1.4.4", "1.4.5", "1.4.6", "1.4.7", "1.4.8"],
    },
    {
      name: "takes a 64-bit length of 65,535",
      file: frame,
      find: "if (header.payloadBytes < 65_536) return",
      replace: "if (header.payloadBytes < 65_535) return",
      kills: ["1.4.8"],
    },
    {
      name: "takes a 64-bit length whose top bit is set for a large one",
      file: frame,
      find: 'if (high >= 0x80000000) return fault(header, "the top bit of a 64-bit payload length is set");',
      replace: "",
      kills: ["1.5.1", "1.5.2", "1.5.3"],
    },
    {
      name: "loses the top bit of a 64-bit length",
      file: frame,
      find: "const high = readUint32(bytes, at);",
      replace: "const high = readUint32(bytes, at) % 0x80000000;",
      kills: ["1.5.3"],
    },
    {
      name: "sets no limit to a message",
      file: reader,
      find: "} else if (bytesBefore + payloadBytes > maxBytes) {",
      replace: "} else if (false) {",
      kills: ["1.5.4"],
    },
    {
      name: "closes with 1008 for a message that is too big",
      file: reader,
      find: "this.#fault(TOO_BIG,",
      replace: "this.#fault(POLICY_VIOLATION,",
      kills: ["1.5.4"],
    },
    {
      name: "makes the header of a longer text by its characters, not its bytes",
      file: "src/protocol/encode.ts",
      find: "if (missing > 0) {",
      replace: "if (false) {",
      kills: ["1.1.17"],
      hangs: true,
    },
    {
      name: "ends a large text by its characters, not its bytes",
      file: "src/protocol/encode.ts",
      find: "if (payloadBytes === text.length) return",
      replace: "if (payloadBytes >= text.length) return",
      kills: ["1.1.18"],
    },
  ],
};

export const masking: MutantGroup = {
  title: "Masking",
  mutants: [
    {
      name: "takes frames without a mask",
      file: reader,
      find: "if (masked !== this.#peerMasks) {",
      replace: "if (false) {",
      kills: ["1.6.1", "1.6.2", "1.6.3", "1.6.4", "1.6.5", "1.6.6", "1.6.7"],
    },
    {
      name: "does not look at the mask bit of short messages",
      file: reader,
      find: "const size = (chunk[at + 1] as number) ^ (this.#peerMasks ? 0x80 : 0);",
      replace: "const size = (chunk[at + 1] as number) & 0x7f;",
      kills: ["1.6.1", "1.6.3"],
    },
    {
      name: "takes the third octet of the key for the fourth as well",
      file: mask,
      find: "((bytes[at + 3] as number) << 24)",
      replace: "((bytes[at + 2] as number) << 24)",
      kills: ["1.1.3", "1.1.11", "1.6.10", "2.1.3"],
    },
    {
      name: "unmasks words by a key that it has not turned",
      file: mask,
      find: "(base + at) >> 2, endWord, rest);",
      replace: "(base + at) >> 2, endWord, key);",
      kills: ["1.1.3", "1.1.16"],
    },
    {
      name: "turns the key by two octets in short binary messages",
      file: mask,
      find: "copy[index] = (bytes[start + index] as number) ^ rest;\n    rest = (rest >>> 8) | (rest << 24);",
      replace:
        "copy[index] = (bytes[start + index] as number) ^ rest;\n    rest = (rest >>> 16) | (rest << 16);",
      kills: ["1.6.10", "1.6.11"],
    },
    {
      name: "begins anew with the key in each read of a frame",
      file: mask,
      find: "return shift === 0 ? key :",
      replace: "return shift >= 0 ? key :",
      kills: [["1.2.3", "1.2.11", "2.1.8", "2.1.10"]],
    },
    {
      name: "does not unmask control frames",
      file: reader,
      find: "applyMask(this.#chunk, start, start + payloadBytes, maskingKey);\n        this.#at",
      replace: "this.#at",
      kills: ["2.1.3", "2.4.1", "6.1.2"],
    },
    {
      name: "does not unmask control frames that come in pieces",
      file: reader,
      find: "applyMask(chunk, start, end, key);\n    frame.control",
      replace: "frame.control",
      kills: [["2.1.8", "2.1.10", "6.1.6"]],
    },
  ],
};

export const headers: MutantGroup = {
  title: "Headers that are cut",
  mutants: [
    {
      name: "keeps 13 bytes of a header of 14",
      file: frame,
      find: "export const MAX_HEADER_BYTES = 14;",
      replace: "export const MAX_HEADER_BYTES = 13;",
      kills: [["1.2.8", "1.2.16"]],
      hangs: true,
    },
    {
      name: "takes the last byte of a header that was cut for payload",
      file: reader,
      find: "this.#at += headerBytes - (begun?.length ?? 0);",
      replace: "this.#at += headerBytes - (begun === undefined ? 0 : begun.length + 1);",
      kills: [["1.2.3", "2.1.8", "6.1.6"]],
    },
    {
      name: "forgets the first bytes of a header that comes in three pieces",
      file: reader,
      find: "this.#cutHeader = new Uint8Array(bytes.subarray(from));",
      replace: "this.#cutHeader = new Uint8Array(chunk.subarray(this.#at));",
      kills: [["1.2.4", "4.1.10", "4.1.14"]],
      hangs: true,
    },
  ],
};

export const reserved: MutantGroup = {
  title: "Reserved bits and opcodes",
  mutants: [
    {
      name: "does not look at RSV1",
      file: frame,
      find: "if ((first & 0x70) !== 0) {",
      replace: "if ((first & 0x30) !== 0) {",
      kills: ["3.1.4", "3.2.3", "3.2.6", "3.3.4", "3.3.10", "3.3.13", "3.4.1"],
    },
    {
      name: "does not look at RSV2",
      file: frame,
      find: "if ((first & 0x70) !== 0) {",
      replace: "if ((first & 0x50) !== 0) {",
      kills: ["3.1.2", "3.2.2", "3.2.5", "3.3.2", "3.3.9", "3.3.12", "3.4.2"],
    },
    {
      name: "does not look at RSV3",
      file: frame,
      find: "if ((first & 0x70) !== 0) {",
      replace: "if ((first & 0x60) !== 0) {",
      kills: ["3.1.1", "3.2.1", "3.2.4", "3.3.1", "3.3.8", "3.3.11"],
    },
    {
      name: "does not look at reserved bits of short whole messages",
      file: reader,
      find: "const first = chunk[at] as number;",
      replace: "const first = (chunk[at] as number) & 0x8f;",
      kills: ["3.1", "3.2.1", "3.2.2", "3.2.3", "3.4.2"],
    },
    {
      name: "takes the opcodes 3 to 7 for data",
      file: opcode,
      find: "return opcode <= BINARY ||",
      replace: "return opcode < CLOSE ||",
      kills: ["3.5.1", "3.5.4", "3.5.8", "3.5.11", "3.5.14"],
    },
    {
      name: "takes the opcode 3 for data",
      file: opcode,
      find: "return opcode <= BINARY ||",
      replace: "return opcode <= 3 ||",
      kills: ["3.5.1", "3.5.2"],
    },
    {
      name: "takes the opcodes 11 to 15 for control frames",
      file: opcode,
      find: "opcode <= PONG);",
      replace: "opcode <= 15);",
      kills: ["3.5.16", "3.5.20", "3.5.24", "3.5.26", "3.5.30"],
    },
    {
      name: "takes the opcode 11 for a control frame",
      file: opcode,
      find: "opcode <= PONG);",
      replace: "opcode <= 11);",
      kills: ["3.5.16", "3.5.17", "3.5.18"],
    },
    {
      name: "closes with 1008 for a header that breaks a rule",
      file: reader,
      find: "return this.#fault(PROTOCOL_ERROR, header.fault);",
      replace: "return this.#fault(POLICY_VIOLATION, header.fault);",
      kills: ["1.4.1", "1.5.1", "2.5.1", "3.1.1", "3.5.1", "6.4.17"],
    },
  ],
};
