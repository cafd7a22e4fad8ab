import type { MutantGroup } from "../mutant.ts";

const close = "src/protocol/close.ts";
const wire = "src/protocol/wire.ts";
const socket = "runtimes/node/socket.ts";

export const codes: MutantGroup = {
  title: "Close codes",
  mutants: [
    {
      name: "takes codes below 1000",
      file: close,
      find: "code >= 1000 && ",
      replace: "",
      kills: ["6.3.1", "6.3.2", "6.3.3"],
    },
    { name: "takes 999", file: close, find: "code >= 1000", replace: "code >= 999", kills: ["6.3.3"] },
    { name: "takes 1004", file: close, find: "code <= 1003", replace: "code <= 1004", kills: ["6.3.4"] },
    {
      name: "takes 1005",
      file: close,
      find: "code <= 1003)",
      replace: "code <= 1003) || code === 1005",
      kills: ["6.3.5"],
    },
    { name: "takes 1006", file: close, find: "code >= 1007", replace: "code >= 1006", kills: ["6.3.6"] },
    { name: "takes 1015", file: close, find: "code <= 1014", replace: "code <= 1015", kills: ["6.3.7"] },
    {
      name: "takes 1016",
      file: close,
      find: "code <= 1014)",
      replace: "code <= 1014) || code === 1016",
      kills: ["6.3.8"],
    },
    {
      name: "takes 1016 to 2999",
      file: close,
      find: "code >= 3000",
      replace: "code > 1015",
      kills: ["6.3.8", "6.3.9", "6.3.10", "6.3.11"],
    },
    { name: "takes 2999", file: close, find: "code >= 3000", replace: "code >= 2999", kills: ["6.3.11"] },
    {
      name: "takes 5000",
      file: close,
      find: "code <= 4999",
      replace: "code <= 5000",
      kills: ["6.3.12"],
      tells: "informational",
    },
    { name: "refuses 1003", file: close, find: "code <= 1003", replace: "code < 1003", kills: ["6.2.3"] },
    { name: "refuses 1007", file: close, find: "code >= 1007", replace: "code > 1007", kills: ["6.2.4"] },
    {
      name: "refuses 1012 to 1014",
      file: close,
      find: "code <= 1014",
      replace: "code <= 1011",
      kills: ["6.2.9", "6.2.10", "6.2.11"],
    },
    { name: "refuses 3000", file: close, find: "code >= 3000", replace: "code > 3000", kills: ["6.2.12"] },
    { name: "refuses 4999", file: close, find: "code <= 4999", replace: "code < 4999", kills: ["6.2.15"] },
    {
      name: "closes with 1007 for a code that must not be sent",
      file: close,
      find: "if (!isCloseCode(code)) return violation(PROTOCOL_ERROR,",
      replace: "if (!isCloseCode(code)) return violation(INVALID_DATA,",
      kills: ["6.3.1", "6.3.4", "6.3.11"],
    },
  ],
};

export const frames: MutantGroup = {
  title: "Close frames",
  mutants: [
    {
      name: "takes a payload of 1 byte for none",
      file: close,
      find: "if (end - start === 1)\n    return violation(",
      replace:
        'if (end - start === 1) return { valid: true, code: NO_STATUS, reason: "" };\n  if (false)\n    return violation(',
      kills: ["6.4.1"],
    },
    {
      name: "reads a code out of a payload of 1 byte and what is behind it",
      file: close,
      find: "if (end - start === 1)",
      replace: "if (false)",
      kills: ["6.4.18"],
    },
    {
      name: "takes a reason that is no UTF-8",
      file: close,
      find: "const reason = text.decodeUtf8(bytes, start + 2, end);",
      replace: 'const reason = text.decodeUtf8(bytes, start + 2, end) ?? "";',
      kills: ["6.4.5", "6.4.7", "6.4.9", "6.4.13", "6.4.16"],
    },
    {
      name: "closes with 1002 for a reason that is no UTF-8",
      file: close,
      find: "if (reason === undefined) return violation(INVALID_DATA,",
      replace: "if (reason === undefined) return violation(PROTOCOL_ERROR,",
      kills: ["6.4.5", "6.4.16"],
    },
    {
      name: "does not answer a close frame",
      file: wire,
      find: 'if (this.#state === "open") {\n      const code',
      replace: "if (false) {\n      const code",
      kills: ["6.1.1", "6.1.2", "6.1.6", "6.2.1"],
    },
    {
      name: "answers every code with 1000",
      file: wire,
      find: "const code = frame.code === close.NO_STATUS ? undefined : frame.code;",
      replace: "const code = 1000;",
      kills: ["6.2.1", "6.2.9", "6.2.12", "6.2.15"],
    },
    {
      name: "answers with the code in the wrong order of octets",
      file: close,
      find: "payload[0] = code >> 8;\n  payload[1] = code & 0xff;",
      replace: "payload[1] = code >> 8;\n  payload[0] = code & 0xff;",
      kills: ["6.1.2", "6.2.1", "3.1.1"],
    },
    {
      name: "answers with a reason that is cut by a byte, inside a character",
      file: close,
      find: "payload.set(reasonBytes, 2);\n  return payload;",
      replace:
        "payload.set(reasonBytes, 2);\n  return payload.subarray(0, 2 + Math.max(0, reasonBytes.length - 1));",
      kills: ["6.1.5"],
    },
    {
      name: "closes without a close frame where a rule was broken",
      file: wire,
      find: 'if (this.#state === "open") this.#putClose(payload);',
      replace: "",
      kills: ["1.5.1", "2.5.1", "3.1.1", "3.5.1", "4.5.1", "5.4.1", "6.3.1"],
    },
    {
      name: "goes on for a while after a close frame",
      file: wire,
      find: "this.#end(this.#sentClose?.code ?? frame.code, this.#sentClose?.reason ?? frame.reason, true);",
      replace: "setTimeout(() => this.#end(frame.code, frame.reason, true), 100);",
      kills: ["6.5.1", "6.5.2", "6.5.3", "6.5.4"],
    },
    {
      name: "drops what it has not sent when a close frame comes",
      file: wire,
      find: 'if (this.#state === "open") {\n      const code',
      replace: 'if (this.#state === "open") {\n      this.#output.take();\n      const code',
      kills: ["6.6.4"],
      tells: "informational",
    },
    {
      name: "drops what it has not sent when a rule is broken",
      file: wire,
      find: "fail(code: number, reason: string): void {",
      replace: "fail(code: number, reason: string): void {\n    this.#output.take();",
      kills: ["1.6.1", "3.1.1", "5.4.1", "6.3.1"],
    },
  ],
};

export const tcp: MutantGroup = {
  title: "The end of TCP",
  mutants: [
    {
      name: "leaves TCP open after both close frames",
      file: socket,
      find: 'if (wire.state === "closed" && !this.#ended) this.#end();',
      replace: "",
      kills: ["6.1.2", "6.6.1"],
      hangs: true,
    },
    {
      name: "waits for the client to close TCP first",
      file: socket,
      find: "stream.end();\n    // What",
      replace: 'stream.on("end", () => stream.end());\n    // What',
      kills: ["6.1.2", "6.6.1"],
      hangs: true,
    },
    {
      name: "closes TCP more than a second late",
      file: socket,
      find: "stream.end();\n    // What",
      replace: "setTimeout(() => stream.end(), 1200);\n    // What",
      kills: ["6.6.1"],
    },
    {
      name: "resets TCP instead of closing it",
      file: socket,
      find: "stream.end();\n    // What",
      replace:
        "setTimeout(() => (stream as unknown as { resetAndDestroy(): void }).resetAndDestroy(), 20);\n    // What",
      kills: ["6.6.1"],
    },
    {
      name: "keeps its side open when the client ends TCP without a close frame",
      file: socket,
      find: "this.#wire.receiveEnd();\n    this.flush();\n    this.#stream.end();",
      replace: "",
      kills: ["6.6.3"],
      hangs: true,
    },
  ],
};
