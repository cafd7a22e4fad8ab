import type { MutantGroup } from "../mutant.ts";

const accept = "src/protocol/accept.ts";
const handshake = "src/protocol/handshake.ts";
const headers = "src/protocol/headers.ts";
const extension = "src/protocol/extension.ts";
const request = "runtimes/node/request.ts";

export const requests: MutantGroup = {
  title: "Requests",
  mutants: [
    {
      name: "takes any method",
      file: handshake,
      find: 'if (method !== "GET") return',
      replace: "if (false) return",
      kills: ["7.2.1", "7.2.2"],
    },
    {
      name: "takes HTTP/1.0",
      file: handshake,
      find: "Number(httpVersion) < 1.1",
      replace: "Number(httpVersion) < 1",
      kills: ["7.2.4"],
    },
    {
      name: "takes a request without Host",
      file: handshake,
      find: 'const host = headers.get("host");',
      replace: 'const host = headers.get("host") ?? "localhost";',
      kills: ["7.2.5"],
    },
    {
      name: "compares Upgrade by case",
      file: handshake,
      find: 'if (!hasToken(headers.get("upgrade"), "websocket")) {',
      replace: 'if (headers.get("upgrade") !== "websocket") {',
      kills: ["7.1.5", "7.1.6"],
    },
    {
      name: "takes a Connection that does not say Upgrade",
      file: handshake,
      find: 'if (!options.connectionHidden && !hasToken(headers.get("connection"), "upgrade")) {',
      replace: "if (false) {",
      kills: ["7.2.11"],
    },
    {
      name: "compares Connection by case, as a whole",
      file: handshake,
      find: '!hasToken(headers.get("connection"), "upgrade")',
      replace: 'headers.get("connection") !== "Upgrade"',
      kills: ["7.1.7", "7.1.8", "7.1.9", "7.1.10"],
    },
    {
      name: "takes a token that ends as the one it looks for",
      file: headers,
      find: "element.trim().toLowerCase() === token",
      replace: "element.trim().toLowerCase().endsWith(token)",
      kills: ["7.2.11"],
    },
    {
      name: "takes a token that begins as the one it looks for",
      file: headers,
      find: "element.trim().toLowerCase() === token",
      replace: "element.trim().toLowerCase().startsWith(token)",
      kills: ["7.2.7"],
    },
    {
      name: "splits a list where a comma has a space behind it",
      file: headers,
      find: 'value?.split(",")',
      replace: 'value?.split(", ")',
      kills: ["7.1.9"],
    },
    {
      name: "leaves the spaces around the elements of a list",
      file: headers,
      find: "element.trim().toLowerCase()",
      replace: "element.toLowerCase()",
      kills: ["7.1.8"],
    },
    {
      name: "takes the first of several lines of a header",
      file: request,
      find: 'if (!name.startsWith(":")) headers.append(',
      replace: 'if (!name.startsWith(":") && !headers.has(name)) headers.append(',
      kills: ["7.1.10", "7.2.18", "7.3.12"],
    },
    {
      name: "takes the last of several lines of a header",
      file: request,
      find: 'if (!name.startsWith(":")) headers.append(',
      replace: 'if (!name.startsWith(":")) headers.set(',
      kills: ["7.2.18"],
    },
    {
      name: "takes a key of any length",
      file: accept,
      find: "{22}==$/",
      replace: "+={0,2}$/",
      kills: ["7.2.14", "7.2.15", "7.2.16"],
    },
    {
      name: "takes an empty key",
      file: accept,
      find: "/^[A-Za-z0-9+/]{22}==$/",
      replace: "/^([A-Za-z0-9+/]{22}==)?$/",
      kills: ["7.2.13"],
    },
    {
      name: "takes a key that is no base64",
      file: accept,
      find: "/^[A-Za-z0-9+/]{22}==$/",
      replace: "/^.{22}==$/",
      kills: ["7.2.17"],
    },
    {
      name: "takes two keys",
      file: accept,
      find: "/^[A-Za-z0-9+/]{22}==$/",
      replace: "/^[A-Za-z0-9+/]{22}==/",
      kills: ["7.2.18"],
    },
    {
      name: "takes any version",
      file: handshake,
      find: 'if (version !== "13" && version !== "8") {',
      replace: "if (version === null) {",
      kills: ["7.3.1", "7.3.2", "7.3.4", "7.3.5", "7.3.7", "7.3.8", "7.3.11"],
    },
    {
      name: "reads the version as a number",
      file: handshake,
      find: 'if (version !== "13" && version !== "8") {',
      replace: 'if (Number(version) !== 13 && version !== "8") {',
      kills: ["7.3.8", "7.3.9", "7.3.10"],
    },
    {
      name: "takes a request without a version",
      file: handshake,
      find: 'if (version !== "13" && version !== "8") {',
      replace: 'if (version !== null && version !== "13" && version !== "8") {',
      kills: ["7.3.6"],
    },
    {
      name: "does not name its version where it refuses another",
      file: handshake,
      find: '"Sec-WebSocket-Version": VERSIONS,',
      replace: "",
      kills: ["7.3.1", "7.3.4"],
    },
    {
      name: "takes a subprotocol that is offered twice",
      file: headers,
      find: "if (tokens.includes(token)) return",
      replace: "if (false) return",
      kills: ["7.4.6"],
    },
    {
      name: "takes parentheses for a part of a token",
      file: headers,
      find: "\"!#$%&'*+-.^_`|~",
      replace: "\"()!#$%&'*+-.^_`|~",
      kills: ["7.4.5"],
    },
    {
      name: "takes an empty list of subprotocols",
      file: handshake,
      find: "const protocols = offered === null ? []",
      replace: "const protocols = !offered ? []",
      kills: ["7.4.7"],
    },
    {
      name: "passes over a list of extensions that is malformed",
      file: handshake,
      find: "const extensions = wished === null ? [] : readExtensions(wished);",
      replace:
        'const read = wished === null ? [] : readExtensions(wished);\n  const extensions = "problem" in read ? [] : read;',
      kills: ["7.5.3", "7.5.4", "7.5.5", "7.5.6", "7.5.7", "7.5.8", "9.4.1", "9.4.5"],
    },
    {
      name: "takes a quoted value that does not end",
      file: extension,
      find: 'return { index: text.length, problem: "a quoted value does not end" };',
      replace: "return { result: value, end: text.length };",
      kills: ["7.5.6", "9.4.4"],
    },
    {
      name: "takes an extension whose parameter is missing behind the semicolon",
      file: extension,
      find: "const parameter = readParameter(text, skipSpace(text, at + 1));",
      replace:
        "if (skipSpace(text, at + 1) === text.length) {\n      at = text.length;\n      break;\n    }\n    const parameter = readParameter(text, skipSpace(text, at + 1));",
      kills: ["7.5.4", "9.4.1"],
    },
  ],
};

export const answers: MutantGroup = {
  title: "Answers to a handshake",
  mutants: [
    {
      name: "makes Sec-WebSocket-Accept with another GUID",
      file: accept,
      find: "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
      replace: "258EAFA5-E914-47DA-95CA-5AB0DC85B11C",
      kills: ["7.1.1", "7.1.2", "1.1.1"],
    },
    {
      name: "writes Sec-WebSocket-Accept in base64 for URLs",
      file: "src/protocol/base64.ts",
      find: "0123456789+/",
      replace: "0123456789-_",
      kills: ["7.1.2", "7.1.3"],
    },
    {
      name: "leaves Upgrade out of its 101",
      file: handshake,
      find: "Switching Protocols\\r\\nUpgrade: websocket\\r\\n",
      replace: "Switching Protocols\\r\\n",
      kills: ["7.1.1"],
    },
    {
      name: "leaves Connection out of its 101",
      file: handshake,
      find: "Upgrade: websocket\\r\\nConnection: Upgrade\\r\\n",
      replace: "Upgrade: websocket\\r\\n",
      kills: ["7.1.1"],
    },
    {
      name: "names a subprotocol that was not offered",
      file: handshake,
      find: 'head += headerLine("Sec-WebSocket-Accept", accept);',
      replace:
        'head += headerLine("Sec-WebSocket-Accept", accept);\n  if (offered.length === 0) head += headerLine("Sec-WebSocket-Protocol", "x-one");',
      kills: ["7.1.1", "7.5.1"],
    },
    {
      name: "names all subprotocols that were offered",
      file: handshake,
      find: 'headerLine("Sec-WebSocket-Protocol", subprotocol)',
      replace: 'headerLine("Sec-WebSocket-Protocol", offered.join(", "))',
      kills: ["7.4.2", "7.4.3"],
    },
    {
      name: "writes the subprotocol in capitals",
      file: handshake,
      find: 'headerLine("Sec-WebSocket-Protocol", subprotocol)',
      replace: 'headerLine("Sec-WebSocket-Protocol", subprotocol.toUpperCase())',
      kills: ["7.4.2", "7.4.3"],
    },
    {
      name: "names an extension that was not offered",
      file: handshake,
      find: 'if (extensions !== undefined) head += headerLine("Sec-WebSocket-Extensions", extensions);',
      replace: 'head += headerLine("Sec-WebSocket-Extensions", extensions ?? "permessage-deflate");',
      kills: ["1.1.1", "7.1.1", "7.5.1"],
    },
    {
      name: "answers 501 where a handshake is bad",
      file: "src/endpoint/negotiate.ts",
      find: "return refusal(offer.status, offer.message,",
      replace: "return refusal(501, offer.message,",
      kills: ["7.2.1", "7.2.12", "7.5.3"],
    },
  ],
};
