import type { MutantGroup } from "../mutant.ts";

const utf8 = "src/protocol/utf8.ts";
const message = "src/protocol/message.ts";
const text = "runtimes/node/text.ts";

/** Of text in pieces, which Wirehall checks itself as it comes. */
export const classes: MutantGroup = {
  title: "UTF-8: what each octet may be",
  mutants: [
    {
      name: "takes C0 and C1, which are overlong",
      file: utf8,
      find: "byte < 0xc2",
      replace: "byte < 0xc0",
      kills: ["5.5.6", "5.5.7", "5.5.8"],
    },
    {
      name: "takes overlong forms after E0",
      file: utf8,
      find: "byte === 0xe0 ? 0xa0",
      replace: "byte === 0xe0 ? 0x80",
      kills: ["5.5.9", "5.5.10", "5.5.11"],
    },
    {
      name: "takes overlong forms after F0",
      file: utf8,
      find: "byte === 0xf0 ? 0x90",
      replace: "byte === 0xf0 ? 0x80",
      kills: ["5.5.12", "5.5.13", "5.5.14"],
    },
    {
      name: "takes surrogates",
      file: utf8,
      find: "byte === 0xed ? 0x9f",
      replace: "byte === 0xed ? 0xbf",
      kills: ["5.5.15", "5.5.16", "5.5.17", "5.5.18", "5.5.19", "5.5.20", "5.5.21"],
    },
    {
      name: "takes the low surrogates",
      file: utf8,
      find: "if (byte < low || byte > high)",
      replace: "if ((byte < low || byte > high) && !(high === 0x9f && byte >= 0xb0))",
      kills: ["5.5.19", "5.5.20"],
    },
    {
      name: "takes code points above U+10FFFF after F4",
      file: utf8,
      find: "byte === 0xf4 ? 0x8f",
      replace: "byte === 0xf4 ? 0xbf",
      kills: ["5.5.22", "5.5.23"],
    },
    {
      name: "takes F5 to F7",
      file: utf8,
      find: "byte > 0xf4)",
      replace: "byte > 0xf7)",
      kills: ["5.5.24", "5.5.25"],
    },
    {
      name: "takes F8 to FF",
      file: utf8,
      find: "byte > 0xf4)",
      replace: "(byte > 0xf4 && byte < 0xf8))",
      kills: ["5.5.26", "5.5.27", "5.5.29", "5.5.32", "5.5.33"],
    },
    {
      name: "takes lone continuation octets",
      file: utf8,
      find: "if (byte < 0xc2 ||",
      replace: "if (byte < 0xc0) continue;\n      if (byte < 0xc2 ||",
      kills: ["5.5.1", "5.5.2", "5.5.3", "5.5.4", "5.5.5"],
    },
    {
      name: "takes any octet for the last of a character",
      file: utf8,
      find: "if (byte < low || byte > high)",
      replace: "if (missing > 1 && (byte < low || byte > high))",
      kills: ["5.5.35", "5.5.37", "5.5.38", "5.5.41", "5.5.42"],
    },
    {
      name: "refuses U+10FFFF",
      file: utf8,
      find: "byte === 0xf4 ? 0x8f",
      replace: "byte === 0xf4 ? 0x8e",
      kills: ["5.2.18"],
    },
    {
      name: "refuses U+D7FF",
      file: utf8,
      find: "byte === 0xed ? 0x9f",
      replace: "byte === 0xed ? 0x9e",
      kills: ["5.2.5"],
    },
  ],
};

export const texts: MutantGroup = {
  title: "UTF-8: pieces and wholes",
  mutants: [
    {
      name: "forgets between pieces of a text what it was in",
      file: message,
      find: "validateUtf8(this.#utf8, chunk, start, end)",
      replace: "validateUtf8(UTF8_START, chunk, start, end)",
      kills: ["4.2.13", "5.2.1"],
    },
    {
      name: "forgets the bounds of the next octet between pieces of a text",
      file: utf8,
      find: "return missing === 0 ? UTF8_START : missing | (low << 8) | (high << 16);",
      replace: "return missing === 0 ? UTF8_START : missing | (0x80 << 8) | (0xbf << 16);",
      kills: ["5.5.45", "5.5.46", "5.5.47", "5.5.50"],
    },
    {
      name: "does not look at an ASCII piece inside a character",
      file: message,
      find: "!(ascii && this.#utf8 === UTF8_START)",
      replace: "!ascii",
      kills: ["5.5.57", "5.5.58", "5.5.59", "5.5.60"],
    },
    {
      name: "checks a text only when it is whole",
      file: message,
      find: "this.#utf8 = validateUtf8(this.#utf8, chunk, start, end);",
      replace: "",
      kills: ["5.5.1", "5.5.15", "5.6.1", "5.6.20"],
    },
    {
      name: "leaves out the character that a text ends in the middle of",
      file: message,
      find: "if (this.#utf8 !== UTF8_START) return undefined;",
      replace: 'if (this.#utf8 !== UTF8_START) return text.decodeUtf8(this.#buffer, 0, 5) ?? "";',
      kills: ["5.7.1", "5.7.2", "5.7.3", "5.7.5", "5.7.8"],
    },
    {
      name: "does not check a text that is whole in one frame",
      file: text,
      find: "return isUtf8(bytes.subarray(start, end)) ?",
      replace: "return bytes.length > 0 ?",
      kills: ["5.4.1", "5.4.10", "5.4.22", "5.4.50", "6.4.5", "10.5.11"],
    },
    {
      name: "holds back the end of a text that is no whole character",
      file: text,
      find: "return isUtf8(bytes.subarray(start, end)) ?",
      replace:
        "for (let cut = 1; cut < 4; cut++) if (!isUtf8(bytes.subarray(start, end)) && isUtf8(bytes.subarray(start, end - cut)))" +
        " return utf8Slice.call(bytes, start, end - cut);\n    return isUtf8(bytes.subarray(start, end)) ?",
      kills: ["5.4.43", "5.4.45", "5.4.49", "6.4.16", "10.5.12"],
    },
    {
      name: "drops a byte order mark",
      file: text,
      find: "? utf8Slice.call(bytes, start, end) :",
      replace: '? utf8Slice.call(bytes, start, end).replace(/^\\uFEFF/, "") :',
      kills: ["5.1.24", "5.1.25", "5.1.26"],
    },
    {
      name: "looks at every fourth octet of a longer text only to see if it is ASCII",
      file: "src/protocol/mask.ts",
      find: "return (seen & 0x80808080) === 0;",
      replace: "return (seen & 0x80) === 0;",
      kills: ["5.1.33", "5.4.51"],
    },
    {
      name: "closes with 1002 for a text that is no UTF-8",
      file: "src/protocol/compress.ts",
      find: "NOT_UTF8: MessageFault = { code: INVALID_DATA,",
      replace: "NOT_UTF8: MessageFault = { code: 1002,",
      kills: ["5.4.1", "5.5.1", "5.7.1", "10.5.11"],
    },
    {
      name: "puts U+FFFD for what is no UTF-8",
      file: "src/protocol/reader.ts",
      find: "if (text === undefined) return this.#notUtf8();",
      replace: 'if (text === undefined) return (this.message = "\\ufffd"), MESSAGE;',
      kills: ["5.4.1", "5.4.34", "5.4.50"],
    },
    {
      name: "wants binary messages to be UTF-8",
      file: "src/protocol/reader.ts",
      find: "if (opcode === TEXT) {",
      replace:
        "if (opcode !== TEXT && this.#text.decodeUtf8(copyUnmasked(chunk.slice(), start, end, key), 0, end - start) === undefined) return this.#notUtf8();\n    if (opcode === TEXT) {",
      kills: ["5.8.1"],
    },
  ],
};
