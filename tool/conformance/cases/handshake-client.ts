import type { Case, Quote } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { text, whole } from "../judge/message.ts";
import { rfc6455 as quotes, rfc7692 } from "../standard/standards.ts";
import type { Answer } from "../subject.ts";
import type { Outcome } from "../verdict.ts";
import { faultOfRequest } from "../wire/handshake.ts";

const hello = text("Hello");
/** Keys of all clients of this run. */
const keys = new Set<string>();

function good(title: string, quote: Quote, answer: Answer): Case {
  return {
    title: `takes ${title}`,
    quote,
    tests: "client",
    run: async (subject) => {
      const peer = await subject.answer(answer);
      if (answer.early === undefined) peer.send(whole(hello));
      return await answered(peer, { messages: [hello] });
    },
  };
}

/** The client must drop the connection: a message shows whether it took it for one. */
function bad(title: string, quote: Quote, answer: Answer): Case {
  return {
    title: `fails on ${title}`,
    quote,
    tests: "client",
    run: async (subject): Promise<Outcome> => {
      const peer = await subject.answer(answer);
      peer.send(whole(hello));
      const expected = "the end of TCP";
      const event = await peer.next(expected);
      if (event.kind === "end") return { verdict: "strict", expected, seen: peer.story };
      return { verdict: event.kind === "close" ? "lenient" : "failed", expected, seen: peer.story };
    },
  };
}

const request: Case = {
  title: "sends a request as the standard has it",
  quote: quotes.clientRequest,
  tests: "client",
  run: async (subject) => {
    const { head } = await subject.request();
    const fault = faultOfRequest(head);
    const expected = "GET, HTTP/1.1, Host, Upgrade, Connection, a key of 16 bytes and version 13";
    if (fault !== undefined) return { verdict: "failed", expected, seen: fault };
    const peer = await subject.answer({});
    return { ...(await answered(peer, {})), expected, seen: head.firstLine };
  },
};

function keyCase(nth: string): Case {
  return {
    title: `sends a key of its own, ${nth} time`,
    quote: quotes.clientKey,
    tests: "client",
    run: async (subject) => {
      const [key = ""] = (await subject.request()).head.all("sec-websocket-key");
      const fresh = !keys.has(key);
      keys.add(key);
      const outcome = await answered(await subject.answer({}), {});
      return { ...outcome, verdict: fresh ? outcome.verdict : "failed", expected: "a new key", seen: key };
    },
  };
}

const host: Case = {
  title: "names the host and the port",
  quote: quotes.clientHost,
  tests: "client",
  run: async (subject) => {
    const { head, port } = await subject.request();
    const expected = `a host and the port ${port}`;
    const seen = `Host: ${head.all("host")}`;
    const named = /^(?:\[[\da-f:.]+\]|[^\s:/@[\]]+)(?::(\d+))?$/i.exec(head.all("host").join());
    const outcome = await answered(await subject.answer({}), {});
    if (named === null) return { verdict: "failed", expected, seen };
    // Something between the two may map ports.
    const verdict = Number(named[1] ?? 80) === port ? outcome.verdict : "lenient";
    return { verdict, expected, seen };
  },
};

const offeredProtocols: Case = {
  title: "offers subprotocols that are different tokens, or none",
  quote: quotes.protocolList,
  tests: "client",
  run: async (subject) => {
    const values = (await subject.request()).head.all("sec-websocket-protocol");
    const outcome = await answered(await subject.answer({}), {});
    const offered = values.flatMap((value) => value.split(",")).map((one) => one.trim());
    const good = offered.every((one) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(one));
    const verdict = good && new Set(offered).size === offered.length ? outcome.verdict : "failed";
    return { verdict, expected: "different tokens, or none", seen: offered.join(", ") || "none" };
  },
};

const quiet: Case = {
  title: "sends nothing before the answer has come",
  quote: quotes.clientWaits,
  tests: "client",
  run: async (subject) => {
    const { sendsMore } = await subject.request();
    if (await sendsMore())
      return { verdict: "failed", expected: "nothing before the answer", seen: "bytes after the request" };
    return await answered(await subject.answer({}), {});
  },
};

const replace = (name: string, value: string | null): Answer => ({ replace: { [name]: value } });
const accept = "sec-websocket-accept";

export const clientRequests: readonly Case[] = [
  request,
  ...["the first", "the second", "the third"].map(keyCase),
  host,
  offeredProtocols,
  quiet,
];

export const goodAnswers: readonly Case[] = [
  good("a usual answer", quotes.clientAccept, {}),
  good("header names in upper case", quotes.names, { name: (name) => name.toUpperCase() }),
  good("Upgrade: WebSocket", quotes.clientUpgrade, replace("upgrade", "WebSocket")),
  good("Connection: upgrade", quotes.clientConnection, replace("connection", "upgrade")),
  good(
    "Connection: keep-alive, Upgrade",
    quotes.clientConnection,
    replace("connection", "keep-alive, Upgrade"),
  ),
  good("another reason phrase", quotes.clientStatus, {
    statusLine: "HTTP/1.1 101 Web Socket Protocol Handshake",
  }),
  good("headers that it does not know", quotes.names, {
    more: [
      ["X-Unknown", "1"],
      ["Server", "conformance"],
    ],
  }),
  good("spaces around values", quotes.clientAccept, replace("upgrade", "  websocket  ")),
  good("an answer in writes of 1 byte", quotes.clientAccept, { chop: 1 }),
  good("a message in the same write as the answer", quotes.clientAccept, { early: [whole(hello)] }),
  good("spaces and tabs around Sec-WebSocket-Accept", quotes.clientAccept, {
    accept: (value) => ` \t${value} \t`,
  }),
  good("two Connection headers", quotes.clientConnection, {
    replace: { connection: "keep-alive" },
    more: [["Connection", "Upgrade"]],
  }),
];

export const badAnswers: readonly Case[] = [
  bad("the status 200", quotes.clientStatus, { statusLine: "HTTP/1.1 200 OK" }),
  bad("the status 400", quotes.clientStatus, { statusLine: "HTTP/1.1 400 Bad Request" }),
  bad("the status 500", quotes.clientStatus, { statusLine: "HTTP/1.1 500 Internal Server Error" }),
  bad("an answer without Upgrade", quotes.clientUpgrade, replace("upgrade", null)),
  bad("Upgrade: websockets", quotes.clientUpgrade, replace("upgrade", "websockets")),
  bad("an answer without Connection", quotes.clientConnection, replace("connection", null)),
  bad("Connection: keep-alive", quotes.clientConnection, replace("connection", "keep-alive")),
  bad("an answer without Sec-WebSocket-Accept", quotes.clientAccept, replace(accept, null)),
  bad("an empty Sec-WebSocket-Accept", quotes.clientAccept, replace(accept, "")),
  bad(
    "the Sec-WebSocket-Accept of another key",
    quotes.clientAccept,
    replace(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
  ),
  bad("an extension that was not offered", quotes.clientExtension, {
    more: [["Sec-WebSocket-Extensions", "x-unknown-extension"]],
  }),
  bad("a subprotocol that was not offered", quotes.clientProtocol, {
    more: [["Sec-WebSocket-Protocol", "x-not-offered"]],
  }),
  bad("the right Sec-WebSocket-Accept in lower case", quotes.clientAccept, {
    accept: (value) => value.toLowerCase(),
  }),
  bad("a second Sec-WebSocket-Accept", quotes.clientAccept, {
    more: [["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]],
  }),
  bad("malformed extensions", quotes.quotedToken, {
    more: [["Sec-WebSocket-Extensions", 'permessage-deflate; a="b c"']],
  }),
  bad("empty extensions", quotes.extensionGrammar, { more: [["Sec-WebSocket-Extensions", ""]] }),
  bad("an empty subprotocol", quotes.clientConforms, { more: [["Sec-WebSocket-Protocol", ""]] }),
  bad("a compression that was not offered", rfc7692.invalidAnswer, {
    more: [["Sec-WebSocket-Extensions", "permessage-bzip2"]],
  }),
  bad("Connection: not-upgrade", quotes.clientConnection, replace("connection", "not-upgrade")),
  bad("Upgrade: websocket, other", quotes.clientUpgrade, replace("upgrade", "websocket, other")),
];
