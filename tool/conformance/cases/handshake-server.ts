import type { Case, Quote } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { text, whole } from "../judge/message.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";
import type { Reply, Request } from "../subject.ts";
import type { Outcome } from "../verdict.ts";
import { faultOfAnswer } from "../wire/handshake.ts";
import { Peer } from "../wire/peer.ts";

/** What a server answered, in words. */
export function showReply({ head, stream }: Reply): string {
  if (head === undefined) return `${stream.end === "reset" ? "a reset" : "the end"} of TCP without an answer`;
  const names = ["sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions"];
  const shown = names.flatMap((name) => head.all(name).map((value) => `${name}: ${value}`));
  return [head.firstLine, ...shown].join("; ");
}

/** The handshake is right, and a message passes. */
export async function accepted(reply: Reply, offered: readonly string[] = []): Promise<Outcome> {
  const expected = "101, then an echo";
  const { head, status, stream, key } = reply;
  if (head === undefined || status !== 101) return { verdict: "failed", expected, seen: showReply(reply) };
  const fault = faultOfAnswer(head, key, offered) ?? unasked(reply);
  if (fault !== undefined) return { verdict: "failed", expected, seen: fault };
  const peer = new Peer(stream, "client");
  const hello = text("Hello");
  peer.send(whole(hello));
  const outcome = await answered(peer, { messages: [hello] });
  return { ...outcome, expected, seen: `${showReply(reply)}; ${outcome.seen}` };
}

function unasked({ head }: Reply): string | undefined {
  const found = head?.all("sec-websocket-extensions") ?? [];
  return found.length === 0 ? undefined : `Sec-WebSocket-Extensions: ${found}, unasked for`;
}

/** A refusal with 4xx is best; any other than 101 keeps clear of harm. */
export function refusal(reply: Reply): Outcome {
  const expected = "an answer with 4xx";
  const { status, head } = reply;
  const verdict =
    head === undefined || status === 101 ? "failed" : status >= 400 && status < 500 ? "strict" : "lenient";
  return { verdict, expected, seen: showReply(reply) };
}

export function good(title: string, quote: Quote, request: Request, offered: readonly string[] = []): Case {
  return {
    title: `accepts ${title}`,
    quote,
    tests: "server",
    run: async (subject) => await accepted(await subject.ask(request), offered),
  };
}

function bad(title: string, quote: Quote, request: Request): Case {
  return {
    title: `refuses ${title}`,
    quote,
    tests: "server",
    run: async (subject) => refusal(await subject.ask(request)),
  };
}

function malformed(extensions: string, quote: Quote): Case {
  return bad(`the malformed extensions ${extensions}`, quote, {
    more: [["Sec-WebSocket-Extensions", extensions]],
  });
}

/** 4xx, and the versions that the server understands. */
function versionCase(version: string): Case {
  return {
    title: `refuses version ${version} and names its own`,
    quote: quotes.version,
    tests: "server",
    run: async (subject) => {
      const reply = await subject.ask({ replace: { "sec-websocket-version": version } });
      const outcome = refusal(reply);
      const named = (reply.head?.all("sec-websocket-version").join() ?? "")
        .split(",")
        .some((one) => one.trim() === "13");
      const expected = "4xx with Sec-WebSocket-Version: 13";
      return { verdict: named ? outcome.verdict : "failed", expected, seen: outcome.seen };
    },
  };
}

/** The server may pick one, pick none or refuse: all but an invented one. */
function protocolCase(title: string, values: readonly string[], offered: readonly string[]): Case {
  return {
    title,
    quote: quotes.protocol,
    tests: "server",
    run: async (subject) => {
      const reply = await subject.ask({
        more: values.map((value) => ["Sec-WebSocket-Protocol", value] as const),
      });
      if (reply.status === 101) return await accepted(reply, offered);
      return { ...refusal(reply), expected: "101 with one of the offered or none, or a refusal" };
    },
  };
}

function badProtocol(title: string, value: string): Case {
  return bad(`subprotocols ${title}`, quotes.protocolList, { more: [["Sec-WebSocket-Protocol", value]] });
}

const foreignOrigin: Case = {
  title: "accepts a foreign origin, or refuses it by HTTP",
  quote: quotes.origin,
  tests: "server",
  run: async (subject) => {
    const reply = await subject.ask({ more: [["Origin", "https://conformance.example"]] });
    const outcome = reply.status === 101 ? await accepted(reply) : refusal(reply);
    return { ...outcome, expected: "101 and an echo, or an answer with 4xx" };
  },
};

const unknownPath: Case = {
  title: "refuses a path that it does not serve",
  quote: quotes.resource,
  tests: "server",
  run: async (subject) => {
    const reply = await subject.ask({ target: "/conformance/no-such-service" });
    // Whether a server has one service for all paths is up to it.
    return reply.status === 101
      ? { verdict: "informational", expected: "an answer with 4xx", seen: showReply(reply) }
      : refusal(reply);
  },
};

const replace = (name: string, value: string | null): Request => ({ replace: { [name]: value } });
const key = "sec-websocket-key";

export const goodRequests: readonly Case[] = [
  good("a usual request", quotes.accept, {}),
  good("the key of the RFC's example", quotes.accept, replace(key, "dGhlIHNhbXBsZSBub25jZQ==")),
  good("a key of 16 zeros", quotes.accept, replace(key, "AAAAAAAAAAAAAAAAAAAAAA==")),
  good("a key with + and /", quotes.accept, replace(key, "+/+/+/+/+/+/+/+/+/+/+w==")),
  good("Upgrade: WebSocket", quotes.upgrade, replace("upgrade", "WebSocket")),
  good("Upgrade: WEBSOCKET", quotes.upgrade, replace("upgrade", "WEBSOCKET")),
  good("Connection: upgrade", quotes.connection, replace("connection", "upgrade")),
  good("Connection: keep-alive, Upgrade", quotes.connection, replace("connection", "keep-alive, Upgrade")),
  good("Connection: Upgrade,keep-alive", quotes.connection, replace("connection", "Upgrade,keep-alive")),
  good("two Connection headers", quotes.connection, {
    replace: { connection: "keep-alive" },
    more: [["Connection", "Upgrade"]],
  }),
  good("header names in upper case", quotes.names, { name: (name) => name.toUpperCase() }),
  good("header names in mixed case", quotes.names, {
    name: (name) => name.replace(/(^|-)s/g, (part) => part.toUpperCase()),
  }),
  good("headers that it does not know", quotes.unknown, {
    more: [
      ["X-Unknown", "1"],
      ["Sec-WebSocket-Unknown", "2"],
    ],
  }),
  good("spaces and tabs around values", quotes.grammar, {
    replace: { upgrade: " \twebsocket \t", connection: "  Upgrade  ", "sec-websocket-version": "  13\t" },
  }),
  good("a request in writes of 1 byte", quotes.get, { chop: 1 }),
  good("a cookie and a user agent", quotes.unknown, {
    more: [
      ["Cookie", "a=b; c=d"],
      ["User-Agent", "conformance"],
    ],
  }),
];

export const badRequests: readonly Case[] = [
  bad("POST", quotes.get, { method: "POST", more: [["Content-Length", "0"]] }),
  bad("PUT", quotes.get, { method: "PUT", more: [["Content-Length", "0"]] }),
  bad("the method get in lower case", quotes.get, { method: "get" }),
  bad("HTTP/1.0", quotes.get, { version: "HTTP/1.0" }),
  bad("a request without Host", quotes.host, replace("host", null)),
  bad("a request without Upgrade", quotes.upgrade, replace("upgrade", null)),
  bad("Upgrade: websockets", quotes.upgrade, replace("upgrade", "websockets")),
  bad("an empty Upgrade", quotes.upgrade, replace("upgrade", "")),
  bad("a request without Connection", quotes.connection, replace("connection", null)),
  bad("Connection: keep-alive", quotes.connection, replace("connection", "keep-alive")),
  bad("Connection: not-upgrade", quotes.connection, replace("connection", "not-upgrade")),
  bad("a request without a key", quotes.key, replace(key, null)),
  bad("an empty key", quotes.key, replace(key, "")),
  bad("a key of 15 bytes", quotes.key, replace(key, "AAAAAAAAAAAAAAAAAAAA")),
  bad("a key of 17 bytes", quotes.key, replace(key, "AAAAAAAAAAAAAAAAAAAAAAA=")),
  bad("a key without padding", quotes.key, replace(key, "dGhlIHNhbXBsZSBub25jZQ")),
  bad("a key that is no base64", quotes.key, replace(key, "dGhl!HNhbXBsZSBub25jZQ==")),
  bad("two keys", quotes.key, { more: [["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="]] }),
  foreignOrigin,
  unknownPath,
];

export const versions: readonly Case[] = [
  ...["0", "7", "12", "14", "255"].map(versionCase),
  bad("a request without a version", quotes.version, replace("sec-websocket-version", null)),
  bad("an empty version", quotes.grammar, replace("sec-websocket-version", "")),
  bad("version 013", quotes.grammar, replace("sec-websocket-version", "013")),
  bad("version +13", quotes.grammar, replace("sec-websocket-version", "+13")),
  bad("version 13.0", quotes.grammar, replace("sec-websocket-version", "13.0")),
  bad("the versions 13, 14 at once", quotes.grammar, replace("sec-websocket-version", "13, 14")),
  bad("two version headers", quotes.grammar, { more: [["Sec-WebSocket-Version", "14"]] }),
];

export const subprotocols: readonly Case[] = [
  protocolCase("invents no subprotocol for one offered", ["x-conformance"], ["x-conformance"]),
  protocolCase("picks at most one of several", ["x-one, x-two,x-three"], ["x-one", "x-two", "x-three"]),
  protocolCase("reads a list over two headers", ["x-one", "x-two"], ["x-one", "x-two"]),
  badProtocol("with a space inside", "x-one x-two"),
  badProtocol("with a separator inside", "x-one, x(two)"),
  badProtocol("that repeat", "x-one, x-one"),
  badProtocol("that are empty", ""),
  badProtocol("with a character above U+007E", "x-\u00e9"),
];

export const extensionGrammar: readonly Case[] = [
  good("an extension that it cannot know", quotes.extension, {
    more: [["Sec-WebSocket-Extensions", "x-unknown-extension; a=1; b"]],
  }),
  good("a list of unknown extensions", quotes.extension, {
    more: [["Sec-WebSocket-Extensions", 'x-one, x-two; q="v"']],
  }),
  ...[";", "x-one;", "x-one; a=", 'x-one; a="b', "x one", "x-one; a=b c"].map((value) =>
    malformed(value, quotes.extensionGrammar),
  ),
  malformed('x-one; a="b c"', quotes.quotedToken),
];

export const sizes: readonly Case[] = [
  good("a header of 4 KiB", quotes.unknown, { more: [["X-Large", "x".repeat(4096)]] }),
  {
    title: "refuses a header of 192 KiB",
    quote: quotes.unknown,
    tests: "server",
    run: async (subject) => {
      const reply = await subject.ask({ more: [["X-Huge", "x".repeat(192 * 1024)]] });
      if (reply.status === 101)
        return { verdict: "informational", expected: "an answer with 4xx", seen: showReply(reply) };
      const outcome = refusal(reply);
      return outcome.verdict === "failed" ? { ...outcome, verdict: "lenient" } : outcome;
    },
  },
];
